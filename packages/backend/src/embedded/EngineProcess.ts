/**
 * The embedded engine's process as its parent sees it: started, restarted with a growing pause, ended with its scope.
 *
 *   starting ──ready──▶ up ──exit──▶ pause (0.25 s, doubling to 30 s) ──▶ starting
 */
import type { ChatRequest } from "@infernet/contract/Chat"
import { Deferred, Duration, Effect } from "effect"
import { BackendError, type Completion, type Emit } from "../Backend.ts"
import type { FromEngine, ToEngine } from "./protocol.ts"

export type Loaded = Omit<Extract<FromEngine, { type: "ready" }>, "type">

export interface EngineProcess {
  /** What is loaded now; `undefined` while the process is down or starting. */
  readonly loaded: () => Loaded | undefined
  /** Of the process that runs now. */
  readonly pid: () => number | undefined
  readonly chat: (request: ChatRequest, emit: Emit) => Effect.Effect<Completion, BackendError>
}

interface Chat {
  readonly emit: Emit
  readonly end: (result: Effect.Effect<Completion, BackendError>) => void
  /** Set once the consumer asked us to wait; what follows queues behind it, bounded by the model's context. */
  tail: Promise<void> | undefined
  cancelled: boolean
}

type Child = Bun.Subprocess<"ignore", "ignore", "inherit">

const pauseMillis = { first: 250, longest: 30_000 }

const stopped = (message: string) =>
  new BackendError({ fault: "backend_error", message: `The embedded engine stopped ${message}.` })
const absent = new BackendError({
  fault: "backend_unreachable",
  message: "The embedded engine stopped and is being started again."
})

export const make = Effect.fnUntraced(function* (options: {
  readonly modelPath: string
  /** Runs whenever the model comes or goes. */
  readonly changed: () => void
}) {
  const chats = new Map<number, Chat>()
  let child: Child | undefined
  let loaded: Loaded | undefined
  let lastId = 0
  const started = yield* Deferred.make<void, BackendError>()

  const deliver = (chat: Chat, pieces: Extract<FromEngine, { type: "pieces" }>["pieces"]) => {
    for (const [kind, text] of pieces) {
      chat.tail =
        chat.tail === undefined
          ? chat.emit(kind, text)
          : chat.tail.then(() => (chat.cancelled ? undefined : chat.emit(kind, text)))
    }
  }

  /** Ends a chat once its consumer has all of it. */
  const settle = (id: number, result: Effect.Effect<Completion, BackendError>) => {
    const chat = chats.get(id)
    if (chat === undefined) return
    chats.delete(id)
    if (chat.tail === undefined) chat.end(result)
    else
      chat.tail.then(
        () => chat.end(result),
        (cause: unknown) => chat.end(Effect.die(cause))
      )
  }

  const hear = (message: FromEngine) => {
    switch (message.type) {
      case "ready":
        loaded = message
        Deferred.doneUnsafe(started, Effect.void)
        return options.changed()
      case "pieces": {
        const chat = chats.get(message.id)
        return chat && deliver(chat, message.pieces)
      }
      case "done":
        return settle(message.id, Effect.succeed({ finish_reason: message.finish_reason, usage: message.usage }))
      case "failed": {
        const { fault, message: text } = message
        return settle(message.id, Effect.fail(new BackendError({ fault, message: text })))
      }
    }
  }

  /** One life of the process; succeeds with whether it ever was ready. Interruption kills it. */
  const live = Effect.callback<boolean>((resume) => {
    const process = Bun.spawn([globalThis.process.execPath, entry, options.modelPath], {
      stdio: ["ignore", "ignore", "inherit"],
      ipc: hear,
      onExit: () => {
        const wasReady = loaded !== undefined
        child = undefined
        loaded = undefined
        for (const id of chats.keys()) settle(id, Effect.fail(stopped("in the middle of its answer")))
        options.changed()
        resume(Effect.succeed(wasReady))
      }
    })
    child = process
    return Effect.promise(() => {
      process.kill("SIGKILL")
      return process.exited
    })
  })

  yield* Effect.gen(function* () {
    let pause = pauseMillis.first
    while (true) {
      const wasReady = yield* live
      yield* Deferred.fail(started, stopped("before it had loaded its model"))
      if (wasReady) pause = pauseMillis.first
      yield* Effect.logWarning("the embedded engine stopped; starting it again", { pauseMillis: pause })
      yield* Effect.sleep(Duration.millis(pause))
      pause = Math.min(pause * 2, pauseMillis.longest)
    }
  }).pipe(
    Effect.onError(() => Deferred.fail(started, stopped("before it had begun"))),
    Effect.ignoreCause({ log: "Error", message: "the embedded engine cannot be started" }),
    Effect.forkScoped({ startImmediately: true })
  )

  yield* Deferred.await(started).pipe(
    Effect.timeoutOrElse({ duration: "30 seconds", orElse: () => Effect.fail(stopped("answering while it loaded")) })
  )

  const send = (message: ToEngine) => child?.send(message)

  const chat: EngineProcess["chat"] = (request, emit) =>
    Effect.callback((resume) => {
      if (loaded === undefined) return resume(Effect.fail(absent))
      const id = ++lastId
      const chat: Chat = { emit, end: resume, tail: undefined, cancelled: false }
      chats.set(id, chat)
      send({ type: "chat", id, request })
      return Effect.sync(() => {
        chat.cancelled = true
        if (chats.delete(id)) send({ type: "cancel", id })
      })
    })

  return { loaded: () => loaded, pid: () => child?.pid, chat } satisfies EngineProcess as EngineProcess
})

const entry = Bun.fileURLToPath(new URL("./child.ts", import.meta.url))
