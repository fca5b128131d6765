/** Nothing yet: why, and what to do next. */
import type { JSX } from "solid-js"
import styles from "./Empty.module.css"

export const Empty = (props: { readonly title: string; readonly children: JSX.Element }) => (
  <div class={styles.empty}>
    <h2>{props.title}</h2>
    {props.children}
  </div>
)
