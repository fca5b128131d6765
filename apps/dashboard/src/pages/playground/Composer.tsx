/** Where the next question is written. Enter sends it, with Shift it begins a line. */
import Send from "lucide-solid/icons/send-horizontal"
import Square from "lucide-solid/icons/square"
import { createSignal, Show } from "solid-js"
import { Button } from "../../parts/Button.tsx"
import styles from "./Composer.module.css"

interface ComposerProps {
  readonly isBusy: boolean
  readonly disabled: boolean
  readonly send: (text: string) => void
  readonly stop: () => void
}

export const Composer = (props: ComposerProps) => {
  const [text, setText] = createSignal("")
  const send = () => {
    if (props.isBusy || props.disabled || text().trim() === "") return
    props.send(text())
    setText("")
  }
  return (
    <form
      class={styles.composer}
      onSubmit={(event) => {
        event.preventDefault()
        send()
      }}
    >
      <label class="sr-only" for="question">
        Your question
      </label>
      <textarea
        id="question"
        rows="3"
        placeholder="Ask something"
        value={text()}
        onInput={({ currentTarget }) => setText(currentTarget.value)}
        onKeyDown={(event) => {
          if (event.key !== "Enter" || event.shiftKey || event.isComposing) return
          event.preventDefault()
          send()
        }}
      />
      <Show
        when={props.isBusy}
        fallback={
          <Button kind="primary" type="submit" disabled={props.disabled || text().trim() === ""}>
            <Send size={16} aria-hidden="true" /> Send
          </Button>
        }
      >
        <Button onClick={() => props.stop()}>
          <Square size={14} aria-hidden="true" /> Stop
        </Button>
      </Show>
    </form>
  )
}
