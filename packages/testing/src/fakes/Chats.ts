/** Chats that a test drives by hand, one after the other as they begin. */
import type { Completion, Emit } from "@infernet/backend/Backend"
import { BackendError } from "@infernet/backend/Backend"
import type { ChatRequest, Usage } from "@infernet/contract/Chat"
import { Deferred, Effect, Queue } from "effect"
import type { Script } from "./ScriptedBackends.ts"

export const usage: Usage = { prompt_tokens: 3, completion_tokens: 2, total_tokens: 5 }

export class Chat {
  readonly request: ChatRequest
  readonly emit: Emit
  readonly result = Deferred.makeUnsafe<Completion, BackendError>()
  /** Completes when the backend is told to stop. */
  readonly interrupted = Deferred.makeUnsafe<void>()

  constructor(request: ChatRequest, emit: Emit) {
    this.request = request
    this.emit = emit
  }

  say(...words: ReadonlyArray<string>): void {
    for (const word of words) void this.emit("text", word)
  }

  finish(reason: Completion["finish_reason"] = "stop"): void {
    Deferred.doneUnsafe(this.result, Effect.succeed<Completion>({ finish_reason: reason, usage }))
  }

  fail(message = "the backend hiccuped"): void {
    Deferred.doneUnsafe(this.result, Effect.fail(new BackendError({ fault: "backend_error", message })))
  }
}

/** `next` is the chat that begins next, waiting for it. */
export const make = Effect.map(Queue.bounded<Chat>(1_000), (begun) => {
  const chat: Script["chat"] = (request, emit) =>
    Effect.gen(function* () {
      const chat = new Chat(request, emit)
      yield* Queue.offer(begun, chat)
      return yield* Effect.onInterrupt(Deferred.await(chat.result), () => Deferred.succeed(chat.interrupted, undefined))
    })
  return { chat, next: Queue.take(begun), begun: Queue.size(begun) }
})

/** A backend that says the same words to everybody. */
export const saying =
  (...words: ReadonlyArray<string>): Script["chat"] =>
  (_request, emit) =>
    Effect.sync(() => {
      for (const word of words) void emit("text", word)
      return { finish_reason: "stop", usage }
    })
