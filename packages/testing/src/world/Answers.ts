/** Backends whose every piece of output tells whose it is, so that one that is lost, doubled or foreign is seen. */
import type { ChatRequest } from "@infernet/contract/Chat"
import { Effect } from "effect"
import { usage } from "../fakes/Chats.ts"
import type { Script } from "../fakes/ScriptedBackends.ts"

/**
 * A chat says as many pieces as it may have tokens: `job/run/piece`, where each run of a backend has its own number.
 * `pause` gives the milliseconds before the next piece.
 */
export const make = (pause: () => number): Script["chat"] => {
  let runs = 0
  return Effect.fnUntraced(function* (request: ChatRequest, emit) {
    const run = runs++
    for (let piece = 0; piece < request.max_tokens; piece++) {
      yield* Effect.sleep(pause())
      const wait = emit("text", `${nameOf(request)}/${run}/${piece} `)
      if (wait !== undefined) yield* Effect.promise(() => wait)
    }
    return { finish_reason: "stop" as const, usage }
  })
}

const nameOf = ({ messages }: ChatRequest): string => {
  const content = messages[0]?.content
  return typeof content === "string" ? content : ""
}

/** What is wrong with this as the beginning of one answer to the job, or, where `whole`, as all of it. */
export const fault = (
  texts: ReadonlyArray<string>,
  { name, pieces, whole }: { readonly name: string; readonly pieces: number; readonly whole: boolean }
): string | undefined => {
  const run = texts[0]?.split("/")[1] ?? ""
  const wrong = texts.findIndex((text, piece) => text !== `${name}/${run}/${piece} `)
  if (wrong !== -1) return `piece ${wrong} is ${texts[wrong]}in ${texts.join("")}`
  return texts.length > pieces || (whole && texts.length < pieces) ? `${texts.length} pieces of ${pieces}` : undefined
}
