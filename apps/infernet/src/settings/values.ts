/** What settings may be, wherever they are written: in a flag, a variable or the file. */
import { Option, Result, Schema } from "effect"

/** Reads one setting's text; `expected` completes "expected …" where it cannot. */
export interface Value<A> {
  readonly expected: string
  readonly parse: (text: string) => Option.Option<A>
}

const make = <A>(expected: string, parse: Value<A>["parse"]): Value<A> => ({ expected, parse })

export const text = make("some text", (text) => (text.trim() === "" ? Option.none() : Option.some(text.trim())))

export const port = make("a port from 1 to 65535", (text) => {
  const port = /^\d{1,5}$/.test(text.trim()) ? Number(text) : 0
  return port >= 1 && port <= 65_535 ? Option.some(port) : Option.none()
})

const PublicUrl = Schema.URLFromString

/** An http address without a slash at its end; whoever dials it may make a WebSocket of it. */
export const url = make("an address that begins with http:// or https://", (text) =>
  /^https?:\/\//i.test(text.trim())
    ? Option.map(Result.getSuccess(Schema.decodeResult(PublicUrl)(text.trim())), ({ origin, pathname }) =>
        `${origin}${pathname}`.replace(/\/+$/, "")
      )
    : Option.none()
)

const levels = ["trace", "debug", "info", "warn", "error"] as const

export const logLevel = make(`one of ${levels.join(", ")}`, (text) =>
  Option.fromUndefinedOr(levels.find((level) => level === text.trim().toLowerCase()))
)
