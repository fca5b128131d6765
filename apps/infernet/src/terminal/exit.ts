/** How a run ends: a sentence on standard error for what a person can mend, the whole cause for what they cannot. */
import * as refused from "@infernet/platform/refused"
import { Cause, Config, Data, Effect, Exit, Option, PlatformError } from "effect"
import { inWords } from "./expected.ts"
import { stoppedCode } from "./signals.ts"
import { folded, onError, plain } from "./style.ts"

/** A failure that is only to be told, in words, with an exit code. */
export class Failure extends Data.TaggedError("Failure")<{ readonly message: string; readonly code?: number }> {}

/** Effect's own wording spans lines and begins with a class name: `NAME: expected …`. */
const settingMessage = ({ cause }: Config.ConfigError): string => {
  const [what = "", at] = inWords(cause.message).split(/\n\s*at /)
  const name = at?.replace(/[[\]"]/g, "")
  return name === undefined ? what : `${name}: ${what.charAt(0).toLowerCase()}${what.slice(1)}`
}

const hasTag = (error: unknown, tag: string): boolean =>
  typeof error === "object" && error !== null && "_tag" in error && error._tag === tag

/** In one line, whatever the error quotes. */
const messageOf = (error: unknown): string =>
  (error instanceof Error && error.message !== "" ? error.message : String(error)).trim().replace(/\s*\n\s*/g, "; ")

const sentenceOf = (error: unknown): string => {
  if (error instanceof Config.ConfigError) return settingMessage(error)
  return error instanceof PlatformError.PlatformError ? refused.sentence(error) : messageOf(error)
}

/** Errors of the command line itself have been shown with a pointer to the help. */
const wasShown = (error: unknown): boolean => hasTag(error, "ShowHelp")

const say = (text: string) => void process.stderr.write(`${folded(`${onError.red("infernet:")} ${plain(text)}`)}\n`)

/** Prints what went wrong. */
export const report = <A, E, R>(effect: Effect.Effect<A, E, R>) =>
  Effect.tapCause(effect, (cause) =>
    Effect.sync(() => {
      if (Cause.hasInterruptsOnly(cause)) return
      const error = Cause.findErrorOption(cause)
      if (Option.isNone(error)) return say(`something is wrong with this program: ${Cause.pretty(cause)}`)
      if (!wasShown(error.value)) say(sentenceOf(error.value))
    })
  )

let servesUntilStopped = false

/** Marks this run as one that a signal ends well: it was to go on until then. */
export const untilStopped = Effect.sync(() => {
  servesUntilStopped = true
})

const codeOf = (error: unknown): number => {
  if (wasShown(error)) return 2
  return error instanceof Failure ? (error.code ?? 1) : 1
}

/** Exit codes: 0 as asked, 1 failed, 2 wrong use, those of signals where one stopped it before it had an answer. */
export const teardown = <E, A>(exit: Exit.Exit<A, E>, onExit: (code: number) => void): void => {
  if (Exit.isSuccess(exit)) return onExit(0)
  if (Cause.hasInterruptsOnly(exit.cause)) return onExit(servesUntilStopped ? 0 : stoppedCode())
  onExit(Option.match(Cause.findErrorOption(exit.cause), { onNone: () => 1, onSome: codeOf }))
}

/** What is printed for somebody could not be; a server goes on without. */
export const unwritable = (error: unknown): void => {
  if (servesUntilStopped) return
  // A reader that has had enough, as in `infernet chat … | head`.
  if (typeof error === "object" && error !== null && "code" in error && error.code === "EPIPE") process.exit(0)
  // A key sent to a full disk would count as a backup.
  say(`what it prints cannot be written: ${refused.why(error)}`)
  process.exit(1)
}

/** A reader that leaves ends a question, but no server. */
export const endWithReader = (): void => {
  process.stdout.on("error", unwritable)
  process.stderr.on("error", () => undefined)
}
