/** One entry of a log as it lies in its file. */
import { Option, Schema } from "effect"

const levels = ["trace", "debug", "info", "warn", "error", "fatal"] as const
export type Level = (typeof levels)[number]

export interface Entry {
  /** Milliseconds of the epoch. */
  readonly at: number
  readonly level: Level
  readonly message: string
  readonly fields: ReadonlyArray<readonly [name: string, value: unknown]>
  /** What went wrong, with its trace, in lines. */
  readonly cause: string | undefined
}

const Stored = Schema.fromJsonString(
  Schema.Struct({
    message: Schema.Unknown,
    level: Schema.String,
    timestamp: Schema.String,
    annotations: Schema.optionalKey(Schema.Record(Schema.String, Schema.Unknown)),
    cause: Schema.optionalKey(Schema.String)
  })
)

const decode = Schema.decodeOption(Stored)

const levelOf = (name: string): Level => levels.find((level) => level === name.toLowerCase()) ?? "info"

const isRecord = (fact: unknown): fact is Readonly<Record<string, unknown>> =>
  typeof fact === "object" && fact !== null && !Array.isArray(fact)

const textOf = (fact: unknown): string => (typeof fact === "string" ? fact : (JSON.stringify(fact) ?? ""))

/** None for a line that no logger of ours wrote. */
export const entryOf = (line: string): Option.Option<Entry> =>
  Option.flatMap(decode(line), ({ annotations = {}, cause, level, message, timestamp }) => {
    const at = Date.parse(timestamp)
    if (Number.isNaN(at)) return Option.none()
    const [first, ...facts] = Array.isArray(message) ? message : [message]
    const words = [first, ...facts.filter((fact) => !isRecord(fact))].map(textOf).join(" ")
    const fields = [...facts.filter(isRecord), annotations].flatMap((record) => Object.entries(record))
    return Option.some({ at, level: levelOf(level), message: words, fields, cause })
  })

export interface Wanted {
  /** Milliseconds of the epoch. */
  readonly since: number
  readonly level: Level
}

export const isWanted = (entry: Entry, { level, since }: Wanted): boolean =>
  entry.at >= since && levels.indexOf(entry.level) >= levels.indexOf(level)
