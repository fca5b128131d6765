/** Runs one vendor tool at a time, and is never held up by one that hangs in its driver, where no signal reaches it. */
import { Effect, Fiber, Stream } from "effect"
import { ChildProcess, ChildProcessSpawner } from "effect/process"

export type Command = readonly [string, ...ReadonlyArray<string>]

/** What came of a run: `absent` where the tool is not installed, `mute` where it failed, `hung` where it goes on. */
export type Printed = { readonly _tag: "text"; readonly text: string } | { readonly _tag: "absent" | "mute" | "hung" }

/** Sixteen GPUs in XML are some hundred thousand characters. */
const charactersMax = 4 << 20

const bounded = (pieces: Stream.Stream<string, unknown>): Stream.Stream<string, unknown> =>
  Stream.suspend(() => {
    let seen = 0
    return pieces.pipe(Stream.takeWhile((piece) => (seen += piece.length) <= charactersMax))
  })

const isAbsent = (error: unknown): boolean =>
  typeof error === "object" &&
  error !== null &&
  "reason" in error &&
  typeof error.reason === "object" &&
  error.reason !== null &&
  "_tag" in error.reason &&
  error.reason._tag === "NotFound"

export const make = Effect.gen(function* () {
  const spawner = yield* ChildProcessSpawner.ChildProcessSpawner
  /** A run that was given up and is not over. */
  let hanging: Fiber.Fiber<Printed> | undefined

  const print = ([tool, ...args]: Command): Effect.Effect<Printed> =>
    bounded(spawner.streamString(ChildProcess.make(tool, args, { forceKillAfter: "1 second" }))).pipe(
      Stream.mkString,
      Effect.map((text): Printed => ({ _tag: "text", text })),
      Effect.catch((error) =>
        Effect.as(Effect.logDebug("no GPU reading", { tool, reason: String(error) }), {
          _tag: isAbsent(error) ? ("absent" as const) : ("mute" as const)
        })
      )
    )

  const giveUp = (running: Fiber.Fiber<Printed>) =>
    Effect.sync(() => {
      hanging = running
      running.interruptUnsafe()
    })

  return (command: Command): Effect.Effect<Printed> =>
    Effect.gen(function* () {
      if (hanging !== undefined && hanging.pollUnsafe() === undefined) return { _tag: "hung" }
      // Detached, as its end waits for the process's: a process that cannot be killed must not hold up whoever asks.
      const running = yield* Effect.forkDetach(print(command), { startImmediately: true })
      const printed = yield* Fiber.join(running).pipe(
        Effect.timeoutOption("5 seconds"),
        Effect.onInterrupt(() => giveUp(running))
      )
      return printed._tag === "Some" ? printed.value : yield* Effect.as(giveUp(running), { _tag: "hung" as const })
    })
})
