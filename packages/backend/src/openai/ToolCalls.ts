/** Tool calls as they arrive in pieces: one index a call, id and name once, whatever the server's own numbering. */
import type { ToolCallDelta } from "@infernet/contract/Chat"
import { countOf, type JsonRecord, recordOf, stringOf } from "../http/json.ts"

interface Call {
  readonly index: number
  readonly id: string
  named: boolean
}

export interface ToolCalls {
  readonly take: (piece: JsonRecord) => ToolCallDelta
  readonly count: () => number
  /** Whether one of them was never given a name: nobody can answer it. */
  readonly nameless: () => boolean
}

/** `prefix` makes up the ids that a server leaves out; it must differ between answers of one chat. */
export const make = (prefix: () => string): ToolCalls => {
  const latest = new Map<number, Call>()
  const byId = new Map<string, Call>()
  let count = 0

  /**
   * Ollama's `/v1` numbers every call 0, so a new id opens a new call; SGLang repeats no id, so a piece without one goes
   * on with the latest call under its number.
   */
  const find = (slot: number, id: string | undefined): { readonly call: Call; readonly opened: boolean } => {
    const known = id === undefined ? latest.get(slot) : byId.get(id)
    if (known !== undefined) return { call: known, opened: false }
    const call: Call = { index: count, id: id ?? `call_${prefix()}_${count}`, named: false }
    count += 1
    latest.set(slot, call)
    byId.set(call.id, call)
    return { call, opened: true }
  }

  return {
    count: () => count,
    nameless: () => byId.values().some(({ named }) => !named),
    take: (piece) => {
      const fn = recordOf(piece["function"])
      const { call, opened } = find(countOf(piece["index"]) ?? 0, stringOf(piece["id"]))
      const name = call.named ? undefined : stringOf(fn["name"])
      if (name !== undefined) call.named = true
      const text = fn["arguments"]
      return {
        index: call.index,
        ...(opened && { id: call.id }),
        ...(name !== undefined && { name }),
        // A string on every OpenAI door; an object where a server copies its native form.
        arguments: typeof text === "string" ? text : text === undefined || text === null ? "" : JSON.stringify(text)
      }
    }
  }
}
