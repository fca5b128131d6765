/** Asks a node to install a model: one of its library by name, or a file of a Hugging Face repository. */
import type { NewCommand } from "@infernet/sdk/manage"
import { createSignal, Show } from "solid-js"
import { Button } from "../../parts/Button.tsx"
import styles from "./Install.module.css"

type Asked = Omit<NewCommand, "kind">

export const Install = (props: { readonly install: (command: Asked) => Promise<void> }) => {
  const [isFile, setIsFile] = createSignal(false)
  const submit = async (form: HTMLFormElement) => {
    const data = new FormData(form)
    const field = (name: string) => {
      const value = data.get(name)
      return typeof value === "string" ? value.trim() : ""
    }
    const model = field("model")
    await props.install(isFile() ? { model, file: field("file"), sha256: field("sha256").toLowerCase() } : { model })
    form.reset()
  }
  return (
    <form
      class={styles.install}
      onSubmit={(event) => {
        event.preventDefault()
        void submit(event.currentTarget)
      }}
    >
      <label>
        <span>{isFile() ? "Hugging Face repository" : "Install a model"}</span>
        <input name="model" required placeholder={isFile() ? "Qwen/Qwen3-4B-GGUF" : "qwen3:4b"} autocomplete="off" />
      </label>
      <Show when={isFile()}>
        <label>
          <span>File</span>
          <input name="file" required placeholder="Qwen3-4B-Q4_K_M.gguf" autocomplete="off" />
        </label>
        <label>
          <span>SHA-256, as its page shows it</span>
          <input name="sha256" required pattern="[0-9a-fA-F]{64}" autocomplete="off" />
        </label>
      </Show>
      <Button type="submit">Install</Button>
      <Button kind="quiet" onClick={() => setIsFile(!isFile())}>
        {isFile() ? "From the library instead" : "From Hugging Face instead"}
      </Button>
    </form>
  )
}
