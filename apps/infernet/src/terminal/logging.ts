/** Where a start's log goes: everything to a file in the home, and what a person must know to whoever watches. */
import { Home } from "@infernet/platform/Home"
import { Effect, Layer, Logger, References } from "effect"
import { GlobalFlag } from "effect/cli"
import { join } from "node:path"
import * as options from "../settings/options.ts"
import { Run } from "../run/Run.ts"
import { ForFile } from "./eventLog.ts"
import * as logFile from "./logFile.ts"
import { folded, onError, plain } from "./style.ts"

const severe: ReadonlySet<string> = new Set(["Warn", "Error", "Fatal"])

const isRecord = (fact: unknown): fact is Readonly<Record<string, unknown>> =>
  typeof fact === "object" && fact !== null && !(fact instanceof Error)

const word = (fact: unknown): string => {
  if (fact instanceof Error) return fact.message
  return typeof fact === "string" ? fact : (JSON.stringify(fact) ?? String(fact))
}

/** `key=value` for each field. */
const details = (fact: unknown): string =>
  isRecord(fact)
    ? Object.entries(fact)
        .map(([key, value]) => `${key}=${word(value)}`)
        .join(" ")
    : word(fact)

/** Warnings and errors in a line each; the rest is in the file. */
const terminal = Logger.make(({ fiber, logLevel, message }) => {
  if (!severe.has(logLevel) || fiber.getRef(ForFile)) return
  const [text, ...facts] = Array.isArray(message) ? message : [message]
  const label = logLevel === "Warn" ? onError.yellow("warning") : onError.red("error")
  const rest = plain(facts.map(details).join(" "))
  process.stderr.write(folded(`${label}  ${plain(word(text))} ${onError.dim(rest)}`.trimEnd()) + "\n")
})

const inHome = Effect.flatMap(Home, ({ logs }) => logFile.make(join(logs, "infernet.log")))

/** The file in the home, besides the loggers that there are. */
export const besideOthers = Layer.unwrap(
  Effect.map(inHome, (file) => Logger.layer([file], { mergeWithExisting: true }))
)

const levels = { trace: "Trace", debug: "Debug", info: "Info", warn: "Warn", error: "Error" } as const

export const layer = Layer.unwrap(
  Effect.gen(function* () {
    const file = yield* inHome
    const asked = yield* options.logLevel()
    const flag = yield* GlobalFlag.LogLevel
    const level = flag._tag === "Some" ? flag.value : asked._tag === "Some" ? levels[asked.value] : "Info"
    // What a process in the background prints nobody reads, and no file should grow with.
    const loggers = (yield* Run).isHeard ? [terminal, file] : [file]
    return Logger.layer(loggers).pipe(Layer.merge(Layer.succeed(References.MinimumLogLevel, level)))
  })
)
