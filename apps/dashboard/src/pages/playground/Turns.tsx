/** What was asked and answered, with what each answer took. */
import { For, Match, Show, Switch } from "solid-js"
import { count, dollars, duration } from "../../data/words.ts"
import { Markdown } from "../../markdown/Markdown.tsx"
import type { Answer, Turn } from "./Conversation.ts"
import styles from "./Turns.module.css"

const facts = (answer: Answer): ReadonlyArray<string> => {
  const { costMicros, firstTokenMillis, state, totalMillis, usage } = answer
  const tokens = usage?.completion_tokens
  const writing =
    totalMillis !== undefined && firstTokenMillis !== undefined ? totalMillis - firstTokenMillis : undefined
  return [
    ...(state === "stopped" ? ["stopped"] : []),
    ...(usage === undefined
      ? []
      : [`${count(usage.prompt_tokens)} tokens read, ${count(usage.completion_tokens)} written`]),
    ...(firstTokenMillis === undefined ? [] : [`first token after ${duration(firstTokenMillis)}`]),
    ...(tokens !== undefined && writing !== undefined && writing > 0 && tokens > 1
      ? [`${count(Math.round((tokens - 1) / (writing / 1_000)))} tokens/s`]
      : []),
    ...(costMicros === undefined ? [] : [costMicros === 0 ? "not charged" : dollars(costMicros)])
  ]
}

export const Turns = (props: { readonly turns: ReadonlyArray<Turn> }) => (
  <ol class={styles.turns}>
    <For each={props.turns}>
      {(turn) => (
        <li class={styles.turn} data-role={turn.role}>
          <Switch>
            <Match when={turn.role === "user"}>
              <h2 class="sr-only">You</h2>
              <p class={styles.question}>{turn.content}</p>
            </Match>
            <Match when={turn.role === "assistant" && turn}>{(answer) => <AnswerView answer={answer()} />}</Match>
          </Switch>
        </li>
      )}
    </For>
  </ol>
)

const AnswerView = (props: { readonly answer: Answer }) => (
  <>
    <h2 class="sr-only">Answer</h2>
    <Show when={props.answer.reasoning}>
      <details class={styles.reasoning} open={props.answer.content === ""}>
        <summary>Reasoning</summary>
        <p>{props.answer.reasoning}</p>
      </details>
    </Show>
    <Markdown text={props.answer.content} />
    <Show when={props.answer.state === "asking" || props.answer.state === "answering"}>
      <p class={styles.waiting} role="status">
        {props.answer.content === "" ? "Waiting for the first token…" : <span class="sr-only">Answering…</span>}
      </p>
    </Show>
    <Show when={props.answer.problem}>
      <p class={styles.problem} role="alert">
        {props.answer.problem}
      </p>
    </Show>
    <Show when={props.answer.state !== "asking" && props.answer.state !== "answering"}>
      <p class={styles.facts}>
        {facts(props.answer).join(" · ")}
        <Show when={props.answer.node}>
          {(node) => (
            <>
              {" · by "}
              <code title={node()}>{node().slice(0, 10)}</code>
            </>
          )}
        </Show>
      </p>
    </Show>
  </>
)
