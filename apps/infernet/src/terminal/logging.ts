/** Where a start's log goes: everything to a file in the home, and to the terminal what a person must know. */
import { Home } from "@infernet/platform/Home"
import { Effect, Layer, Logger, References } from "effect"
import { join } from "node:path"
import { plain, red, yellow } from "./style.ts"

const severe: ReadonlySet<string> = new Set(["Warn", "Error", "Fatal"])

/** Warnings and errors in a line each; the rest is in the file. */
const terminal = Logger.make(({ logLevel, message }) => {
  if (!severe.has(logLevel)) return
  const [text, ...facts] = Array.isArray(message) ? message : [message]
  const details = facts.map((fact) => (typeof fact === "string" ? fact : JSON.stringify(fact))).join(" ")
  const label = logLevel === "Warn" ? yellow("warning") : red("error")
  process.stderr.write(`${label}  ${plain(`${String(text)} ${details}`.trimEnd())}\n`)
})

export const layer = Layer.unwrap(
  Effect.map(Home, ({ logs }) =>
    Logger.layer([terminal, Logger.toFile(Logger.formatJson, join(logs, "infernet.log"), { flag: "a", mode: 0o600 })])
  )
).pipe(Layer.merge(Layer.succeed(References.MinimumLogLevel, "Info")))
