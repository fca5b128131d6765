/** A page: its name, what can be done on it, and what it shows. */
import { type JSX, Show } from "solid-js"
import styles from "./Page.module.css"

interface PageProps {
  readonly title: string
  /** One sentence on what is shown here. */
  readonly about?: string
  readonly actions?: JSX.Element
  readonly children: JSX.Element
}

export const Page = (props: PageProps) => (
  <article class={styles.page}>
    <header class={styles.head}>
      <div>
        <h1>{props.title}</h1>
        <Show when={props.about}>
          <p>{props.about}</p>
        </Show>
      </div>
      <div class={styles.actions}>{props.actions}</div>
    </header>
    {props.children}
  </article>
)
