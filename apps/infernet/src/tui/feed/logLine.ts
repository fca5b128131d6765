/** A line of the log file as a person reads it. */
import { DateTime, Option, Schema } from "effect"
import type { LogLine } from "../State.ts"

const Line = Schema.fromJsonString(
  Schema.Struct({ message: Schema.Unknown, level: Schema.String, timestamp: Schema.DateTimeUtcFromString })
)
const decode = Schema.decodeUnknownOption(Line)

const levels: Readonly<Record<string, LogLine["level"]>> = {
  TRACE: "debug",
  DEBUG: "debug",
  INFO: "info",
  WARN: "warn",
  ERROR: "error",
  FATAL: "error"
}

const word = (value: unknown): string => (typeof value === "string" ? value : (JSON.stringify(value) ?? String(value)))

/** `key=value` for each field. */
const details = (fact: unknown): string =>
  typeof fact === "object" && fact !== null && !Array.isArray(fact)
    ? Object.entries(fact)
        .map(([key, value]) => `${key}=${word(value)}`)
        .join(" ")
    : word(fact)

/** One that is not of the program's own form is shown as it is. */
export const parse = (line: string): LogLine =>
  Option.match(decode(line), {
    onNone: () => ({ at: undefined, level: "info" as const, text: line }),
    onSome: ({ level, message, timestamp }) => ({
      at: DateTime.toEpochMillis(timestamp),
      level: levels[level] ?? "info",
      text: (Array.isArray(message) ? message : [message]).map(details).join(" ")
    })
  })
