/** How something is, as a dot and a word: never told by colour alone. */
import styles from "./Status.module.css"

export type Tone = "good" | "warn" | "bad" | "info" | "none"

export const Status = (props: { readonly tone: Tone; readonly word: string }) => (
  <span class={styles.status} data-tone={props.tone}>
    {props.word}
  </span>
)
