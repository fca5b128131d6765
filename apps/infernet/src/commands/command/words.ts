/** A command to a node in words: what it asks for, where it is, and how it ended. */
import type { CommandView } from "@infernet/contract/Command"
import { labelOf, progressText, span } from "../../terminal/bar.ts"
import { plain } from "../../terminal/style.ts"

const verbs = { model_install: "install ", model_remove: "remove ", drain: "drain", resume: "resume" } as const

/** `install qwen3:4b`, `install q.gguf of org/name`, `drain`. */
export const wishOf = ({ file, kind, model = "" }: Pick<CommandView, "kind" | "model" | "file">): string =>
  plain(`${verbs[kind]}${file === undefined ? model : `${file} of ${model}`}`)

/** What is being waited for, for the label of a row. */
export const stepOf = ({ cancelled, progress, state }: CommandView): string => {
  if (cancelled === true) return "stopping"
  return state === "running" ? labelOf(progress) : "waiting"
}

/** The same row's text; `seconds` is how long it has been going on. */
export const stepText = ({ cancelled, progress, state }: CommandView, seconds: number, columns: number): string => {
  if (cancelled === true) return `until the node has stopped it (${span(seconds)})`
  return state === "running" ? progressText(progress, seconds, columns) : `for the node to take it (${span(seconds)})`
}

/** For a list: `running 42 %`, `stopping`, `failed`. */
export const stateOf = ({ cancelled, progress, state }: CommandView): string => {
  if (state !== "running") return state
  if (cancelled === true) return "stopping"
  const { completed_bytes: done, total_bytes: total } = progress ?? {}
  const share = done === undefined || !total ? "" : ` ${Math.floor((100 * Math.min(done, total)) / total)} %`
  return `running${share}`
}

/** What is left at the node of something that was stopped. */
export const keptOf = (kind: CommandView["kind"]): string =>
  kind === "model_remove"
    ? "the model is still there"
    : "what has come is kept, and the same command goes on from there"

const cancelledBy = ({ kind }: Pick<CommandView, "kind">): string =>
  kind === "drain" || kind === "resume"
    ? "somebody asked for the opposite before the node had heard of it"
    : `it was stopped, by somebody else: ${keptOf(kind)}`

/** Why it was not done, in a sentence; none when it was, or may yet be. */
export const troubleOf = (command: Pick<CommandView, "kind" | "state" | "error_message">): string | undefined => {
  switch (command.state) {
    case "failed":
      return plain(command.error_message ?? "the node could not do it, and did not say why")
    case "expired":
      return "it was given up: the node said nothing of it for a day"
    case "cancelled":
      return cancelledBy(command)
    case "completed":
    case "pending":
    case "running":
      return undefined
  }
}
