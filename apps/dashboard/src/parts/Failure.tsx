/** What happened, in the words of whoever knows, and a way to try again. */
import { InfernetError } from "@infernet/sdk"
import { Show } from "solid-js"
import { Button } from "./Button.tsx"
import styles from "./Failure.module.css"

/** As a sentence: with a capital, and a stop. */
export const sentenceOf = (error: unknown): string => {
  const text = error instanceof Error ? error.message : String(error)
  const sentence = text.charAt(0).toUpperCase() + text.slice(1)
  return /[.!?…]$/.test(sentence) ? sentence : `${sentence}.`
}

export const Failure = (props: { readonly error: unknown; readonly retry?: () => void }) => (
  <div class={styles.failure} role="alert">
    <p>{sentenceOf(props.error)}</p>
    <Show when={props.error instanceof InfernetError ? props.error.requestId : undefined}>
      {(id) => (
        <p class={styles.more}>
          In the control plane's log it is <code>{id()}</code>.
        </p>
      )}
    </Show>
    <Show when={props.retry}>{(retry) => <Button onClick={() => retry()()}>Try again</Button>}</Show>
  </div>
)
