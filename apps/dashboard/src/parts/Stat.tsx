/** One number with its name and what it counts, large enough to be read from where one stands. */
import { type JSX, Show } from "solid-js"
import styles from "./Stat.module.css"

interface StatProps {
  readonly name: string
  readonly value: JSX.Element
  /** What is counted, and over which time. */
  readonly definition: string
  readonly unit?: string
}

export const Stats = (props: { readonly children: JSX.Element }) => <dl class={styles.stats}>{props.children}</dl>

export const Stat = (props: StatProps) => (
  <div class={styles.stat}>
    <dt>{props.name}</dt>
    <dd class={styles.value} data-number>
      {props.value}
      <Show when={props.unit}>
        <small>{props.unit}</small>
      </Show>
    </dd>
    <dd class={styles.definition}>{props.definition}</dd>
  </div>
)
