/** How a run ends: a sentence on standard error for what a person can mend, the whole cause for what they cannot. */
import { Cause, Data, Effect, Exit, Option } from "effect"
import { red } from "./style.ts"

/** A failure that is only to be told, in words, with an exit code. */
export class Failure extends Data.TaggedError("Failure")<{ readonly message: string; readonly code?: number }> {}

const messageOf = (error: unknown): string =>
  error instanceof Error && error.message !== "" ? error.message : String(error)

/** Errors of the command line itself have been shown with the help. */
const wasShown = (error: unknown): boolean =>
  typeof error === "object" && error !== null && "_tag" in error && error._tag === "ShowHelp"

/** Prints what went wrong. Exit codes: 0 as asked, also when stopped; 1 failed; 2 wrong use. */
export const report = <A, E, R>(effect: Effect.Effect<A, E, R>) =>
  Effect.tapCause(effect, (cause) =>
    Effect.sync(() => {
      if (Cause.hasInterruptsOnly(cause)) return
      const error = Cause.findErrorOption(cause)
      if (Option.isNone(error)) return void process.stderr.write(`${red("infernet:")} ${Cause.pretty(cause)}\n`)
      if (!wasShown(error.value)) process.stderr.write(`${red("infernet:")} ${messageOf(error.value)}\n`)
    })
  )

const codeOf = (error: unknown): number => {
  if (wasShown(error)) return 2
  return error instanceof Failure ? (error.code ?? 1) : 1
}

/** A stop by signal is what was asked for. */
export const teardown = <E, A>(exit: Exit.Exit<A, E>, onExit: (code: number) => void): void => {
  if (Exit.isSuccess(exit) || Cause.hasInterruptsOnly(exit.cause)) return onExit(0)
  onExit(Option.match(Cause.findErrorOption(exit.cause), { onNone: () => 1, onSome: codeOf }))
}
