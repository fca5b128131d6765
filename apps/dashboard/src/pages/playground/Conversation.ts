/** A conversation as this browser keeps it, so that a reload in mid-answer goes on where it was. */
import type { ChatParams, Message, Usage } from "@infernet/sdk"

export interface Answer {
  readonly role: "assistant"
  readonly content: string
  readonly reasoning: string
  /** `asking`: no job yet; then it has one, and can be taken up again. */
  readonly state: "asking" | "answering" | "done" | "stopped" | "failed"
  readonly job?: string
  readonly node?: string
  readonly problem?: string
  readonly usage?: Usage
  readonly costMicros?: number
  /** Milliseconds from the question to the first token, and to the end. */
  readonly firstTokenMillis?: number
  readonly totalMillis?: number
}

export interface Question {
  readonly role: "user"
  readonly content: string
}

export type Turn = Question | Answer

/** What is asked for with each question. */
export interface Parameters {
  readonly model: string
  readonly system: string
  readonly maxTokens: number
  readonly temperature: number
  readonly topP: number
  /** Empty: another answer each time. */
  readonly seed: string
}

export const usual: Parameters = { model: "", system: "", maxTokens: 1_024, temperature: 0.7, topP: 1, seed: "" }

/** The request for an answer to what was said so far. */
export const requestOf = (turns: ReadonlyArray<Turn>, parameters: Parameters): ChatParams => {
  const { maxTokens, model, seed, system, temperature, topP } = parameters
  const said: ReadonlyArray<Message> = turns
    .filter((turn) => turn.role === "user" || turn.content !== "")
    .map(({ content, role }) => ({ role, content }))
  return {
    model,
    messages: system.trim() === "" ? said : [{ role: "system", content: system }, ...said],
    max_tokens: maxTokens,
    temperature,
    top_p: topP,
    ...(/^\d+$/.test(seed) && { seed: Number.parseInt(seed, 10) })
  }
}

const place = "playground"

export interface Kept {
  readonly turns: ReadonlyArray<Turn>
  readonly parameters: Parameters
}

/** As it was before the reload; nothing where there was none, or this browser keeps nothing. */
export const kept = (storage: Pick<Storage, "getItem">): Kept => {
  try {
    const found: Partial<Kept> = JSON.parse(storage.getItem(place) ?? "{}")
    return { turns: found.turns ?? [], parameters: { ...usual, ...found.parameters } }
  } catch {
    return { turns: [], parameters: usual }
  }
}

export const keep = (storage: Pick<Storage, "setItem">, conversation: Kept): void => {
  try {
    storage.setItem(place, JSON.stringify(conversation))
  } catch {
    // A conversation that is too long for the browser's storage is not there after a reload.
  }
}
