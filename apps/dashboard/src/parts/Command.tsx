/** A command to copy: selectable, with a button that says when it is done. */
import Check from "lucide-solid/icons/check"
import Copy from "lucide-solid/icons/copy"
import { createSignal, onCleanup, Show } from "solid-js"
import { Button } from "./Button.tsx"
import styles from "./Command.module.css"

/** How long it says that it is copied, in milliseconds. */
const shown = 2_000

export const Command = (props: { readonly text: string; readonly label?: string }) => {
  const [isCopied, setCopied] = createSignal(false)
  let timer: ReturnType<typeof setTimeout> | undefined
  onCleanup(() => clearTimeout(timer))
  const copy = async () => {
    await navigator.clipboard.writeText(props.text)
    setCopied(true)
    clearTimeout(timer)
    timer = setTimeout(() => setCopied(false), shown)
  }
  return (
    <div class={styles.command}>
      <pre tabindex="0">
        <code>{props.text}</code>
      </pre>
      <Button kind="quiet" aria-label={props.label ?? `Copy: ${props.text}`} onClick={() => void copy()}>
        <Show when={isCopied()} fallback={<Copy size={16} aria-hidden="true" />}>
          <Check size={16} aria-hidden="true" />
        </Show>
      </Button>
      <span class="sr-only" role="status">
        {isCopied() ? "Copied" : ""}
      </span>
    </div>
  )
}
