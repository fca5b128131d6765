/** The same question in the words of several programs, to be copied. */
import { For } from "solid-js"
import { Command } from "../parts/Command.tsx"
import type { Snippet } from "./snippets.ts"
import styles from "./Snippets.module.css"

export const Snippets = (props: { readonly name: string; readonly snippets: ReadonlyArray<Snippet> }) => (
  <section class={styles.snippets} aria-label={props.name}>
    <For each={props.snippets}>
      {({ name, text }) => (
        <div>
          <h3>{name}</h3>
          <Command text={text} label={`Copy the code for ${name}`} />
        </div>
      )}
    </For>
  </section>
)
