/** Light, dark, or as the system is; remembered by this browser. */
import { createSignal, For } from "solid-js"
import styles from "./ThemeSwitch.module.css"

const themes = ["system", "light", "dark"] as const
type Theme = (typeof themes)[number]

const chosen = (): Theme => themes.find((theme) => theme === document.documentElement.dataset["theme"]) ?? "system"

const choose = (theme: Theme) => {
  if (theme === "system") delete document.documentElement.dataset["theme"]
  else document.documentElement.dataset["theme"] = theme
  try {
    localStorage.setItem("theme", theme)
  } catch {
    // A browser that keeps nothing has it for as long as the page is open.
  }
}

export const ThemeSwitch = () => {
  const [theme, setTheme] = createSignal(chosen())
  return (
    <fieldset class={styles.switch}>
      <legend class="sr-only">Theme</legend>
      <For each={themes}>
        {(name) => (
          <label>
            <input
              type="radio"
              name="theme"
              class="sr-only"
              checked={theme() === name}
              onChange={() => {
                choose(name)
                setTheme(name)
              }}
            />
            <span>{name}</span>
          </label>
        )}
      </For>
    </fieldset>
  )
}
