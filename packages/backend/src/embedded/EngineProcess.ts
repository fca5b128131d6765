/**
 * One model's process as its parent sees it: started, restarted with a growing pause, ended with its scope.
 *
 *   loading ──ready──▶ loaded ──exit──▶ pause (0.25 s, doubling to 30 s) ──▶ loading
 *      └──exit before it was ever loaded──▶ failed
 */
import type { ChatRequest } from "@infernet/contract/Chat"
import type { CompletionRequest } from "@infernet/contract/Completion"
import type { EmbeddingRequest, EmbeddingResult } from "@infernet/contract/Embedding"
import { Deferred, Duration, Effect } from "effect"
import { BackendError, type Completion, type Emit } from "../Backend.ts"
import type { Blueprint, FromEngine, Job, Loaded, ToEngine } from "./protocol.ts"
import * as Requests from "./Requests.ts"

export type State =
  | { readonly _tag: "Loading" }
  | { readonly _tag: "Loaded"; readonly loaded: Loaded }
  /** It was loaded, stopped, and is about to be started again. */
  | { readonly _tag: "Stopped" }
  /** It never could be loaded; this process is not started again. */
  | { readonly _tag: "Failed"; readonly error: BackendError }

export interface EngineProcess {
  readonly state: () => State
  /** Of the process that runs now. */
  readonly pid: () => number | undefined
  /** Waits while it loads; fails when it cannot, and while it is stopped. */
  readonly ready: Effect.Effect<Loaded, BackendError>
  readonly chat: (request: ChatRequest, emit: Emit) => Effect.Effect<Completion, BackendError>
  readonly complete: (request: CompletionRequest, emit: Emit) => Effect.Effect<Completion, BackendError>
  readonly embed: (request: EmbeddingRequest) => Effect.Effect<EmbeddingResult, BackendError>
}

type Child = Bun.Subprocess<"ignore", "ignore", "inherit">

const pauseMillis = { first: 250, longest: 30_000 }
/** Large models on slow disks take minutes. */
const loadingAllowed = Duration.minutes(10)

const stopped = (message: string) =>
  new BackendError({ fault: "backend_error", message: `The embedded engine stopped ${message}.` })
const absent = new BackendError({
  fault: "backend_unreachable",
  message: "The embedded engine stopped and is being started again."
})

export const make = Effect.fnUntraced(function* (options: {
  readonly model: string
  readonly blueprint: Blueprint
  /** The script to run: `child.ts`, or what was made of it. */
  readonly entry: string
  /** Runs whenever the model comes or goes. */
  readonly changed: () => void
}) {
  const { changed, model } = options
  let child: Child | undefined
  let state: State = { _tag: "Loading" }
  /** Done when the life that is loading has loaded or ended. */
  let loading = Deferred.makeUnsafe<Loaded, BackendError>()
  const send = (message: ToEngine) => child?.send(message)
  const requests = Requests.make(send)

  const hear = (message: FromEngine, refused: (why: string) => void) => {
    if (message.type === "unloadable") return refused(message.message)
    if (message.type !== "ready") return requests.hear(message)
    const { bytes, contextLength, memoryBytes, version } = message
    const loaded = { bytes, contextLength, memoryBytes, version }
    state = { _tag: "Loaded", loaded }
    Deferred.doneUnsafe(loading, Effect.succeed(loaded))
    changed()
  }

  /** One life of the process; succeeds with what ended it where it told. Interruption kills it. */
  const live = Effect.callback<string | undefined>((resume) => {
    let why: string | undefined
    const process = Bun.spawn([globalThis.process.execPath, options.entry, JSON.stringify(options.blueprint)], {
      stdio: ["ignore", "ignore", "inherit"],
      // A program that was compiled into one file runs scripts when told to be Bun.
      env: { ...globalThis.process.env, BUN_BE_BUN: "1" },
      ipc: (message: FromEngine) => hear(message, (reason) => void (why = reason)),
      onExit: () => {
        child = undefined
        requests.failAll(stopped("in the middle of its answer"))
        resume(Effect.succeed(why))
      }
    })
    child = process
    return Effect.promise(() => {
      process.kill("SIGKILL")
      return process.exited
    })
  })

  /** A life that does not come to serve is ended. */
  const bounded = Effect.raceFirst(
    live,
    Effect.andThen(
      Effect.sleep(loadingAllowed),
      Effect.suspend(() => (state._tag === "Loaded" ? Effect.never : Effect.succeed("it took more than ten minutes")))
    )
  )

  const failed = (why: string | undefined) =>
    why === undefined
      ? stopped(`before it had loaded "${model}"`)
      : new BackendError({ fault: "backend_error", message: `The embedded engine cannot load "${model}": ${why}` })

  yield* Effect.gen(function* () {
    let pause = pauseMillis.first
    let everLoaded = false
    while (true) {
      const why = yield* bounded
      const wasLoaded = state._tag === "Loaded"
      everLoaded ||= wasLoaded
      if (!everLoaded) {
        const error = failed(why)
        state = { _tag: "Failed", error }
        Deferred.doneUnsafe(loading, Effect.fail(error))
        return changed()
      }
      state = { _tag: "Stopped" }
      Deferred.doneUnsafe(loading, Effect.fail(absent))
      changed()
      if (wasLoaded) pause = pauseMillis.first
      yield* Effect.logWarning("the embedded engine stopped; starting it again", { model, pauseMillis: pause, why })
      yield* Effect.sleep(Duration.millis(pause))
      pause = Math.min(pause * 2, pauseMillis.longest)
      loading = Deferred.makeUnsafe()
      state = { _tag: "Loading" }
    }
  }).pipe(
    Effect.onInterrupt(() =>
      Effect.sync(() => {
        state = { _tag: "Failed", error: absent }
        Deferred.doneUnsafe(loading, Effect.fail(absent))
      })
    ),
    Effect.ignoreCause({ log: "Error", message: "the embedded engine cannot be started" }),
    Effect.forkScoped({ startImmediately: true })
  )

  const ready = Effect.suspend(() => {
    if (state._tag === "Loaded") return Effect.succeed(state.loaded)
    if (state._tag === "Loading") return Deferred.await(loading)
    return Effect.fail(state._tag === "Failed" ? state.error : absent)
  })

  const text = (type: "chat" | "complete") => (request: ChatRequest | CompletionRequest, emit: Emit) =>
    Effect.andThen(
      ready,
      requests.text((id) => ({ type, id, request }) as Job, emit)
    )

  return {
    state: () => state,
    pid: () => child?.pid,
    ready,
    chat: text("chat"),
    complete: text("complete"),
    embed: (request) =>
      Effect.andThen(
        ready,
        requests.vectors((id) => ({ type: "embed", id, request }))
      )
  } satisfies EngineProcess as EngineProcess
})
