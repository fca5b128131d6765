/** Pieces of tool calls as the contract has them; the line breaks that models put after the last brace are dropped. */
import type { RecordKind } from "@infernet/contract/LinkRecord"
import type { LlamaChatResponseFunctionCallParamsChunk } from "node-llama-cpp"

export type Out = (kind: RecordKind, text: string) => void

export const toolCallPieces = (out: Out) => {
  const blanks = new Map<number, string>()
  return ({ callIndex, functionName, paramsChunk }: LlamaChatResponseFunctionCallParamsChunk) => {
    const held = blanks.get(callIndex)
    const text = (held ?? "") + paramsChunk
    const kept = text.trimEnd()
    blanks.set(callIndex, text.slice(kept.length))
    const head = held === undefined ? { id: `call_${crypto.randomUUID()}`, name: functionName } : {}
    if (kept !== "" || held === undefined) {
      out("tool_call", JSON.stringify({ index: callIndex, ...head, arguments: kept }))
    }
  }
}
