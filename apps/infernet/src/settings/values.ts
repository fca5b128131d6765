/** What settings may be, wherever they are written: in a flag, a variable or the file. */
import { hasChecksum, withChecksum } from "@infernet/auth/checksum"
import { parseAddress } from "@infernet/backend/Address"
import * as Plan from "@infernet/backend/Plan"
import { ofUsdc } from "@infernet/contract/Micros"
import { isNetwork } from "@infernet/control-plane/http/clientAddress"
import { chainNames } from "@infernet/payment/settlement/Chain"
import { parseAsks } from "@infernet/payment/price/ask"
import { Duration, Option, Result, Schema } from "effect"

/** Reads one setting's text; `expected` completes "expected …" where it cannot. */
export interface Value<A> {
  readonly expected: string
  readonly parse: (text: string) => Option.Option<A>
}

const make = <A>(expected: string, parse: Value<A>["parse"]): Value<A> => ({ expected, parse })

export const text = make("some text", (text) => (text.trim() === "" ? Option.none() : Option.some(text.trim())))

/** One word or several, separated by commas, each of which passes; as it is written. */
const words = (expected: string, passes: (word: string) => boolean) =>
  make(expected, (text) => {
    const words = text.split(",").flatMap((word) => word.trim() || [])
    return words.length > 0 && words.every(passes) ? Option.some(text.trim()) : Option.none()
  })

export const backends = words(`${Plan.choices}; several with commas`, (word) => Plan.slipOf(word) === undefined)

/** Of backends: each kind has a port of its own, which matters not to what an address may be. */
export const addresses = words(
  "an address, such as http://gpu:8000 or gpu:8000; several with commas",
  (word) => typeof parseAddress(word, 80) !== "string"
)

/** Of proxies whose word is believed. */
export const networks = words("addresses and networks such as 10.0.0.0/8, separated by commas", isNetwork)

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

/** Whole numbers from 0 on. */
export const count = make("a whole number", (text) => {
  const count = /^\d{1,15}$/.test(text.trim()) ? Number(text) : undefined
  return Option.fromUndefinedOr(count)
})

/** Dollars, in micro-USDC. */
export const dollars = make("dollars, such as 5 or 0.25", (text) => Option.fromUndefinedOr(ofUsdc(text.trim())))

/** What an operator asks for, as `parseAsks` reads it. */
export const asks = make("80%, 0.0015, or model=price for some of them, separated by commas", (text) =>
  Option.fromUndefinedOr(parseAsks(text))
)

/** Numbers above zero, such as gibibytes. */
export const amount = make("a number above 0", (text) => {
  const amount = /^\d{1,6}(?:\.\d+)?$/.test(text.trim()) ? Number(text) : 0
  return amount > 0 ? Option.some(amount) : Option.none()
})

/** As it is written, for whoever reads it. */
export const span = make("a length of time, such as 30 seconds, 10 minutes or 2 hours", (text) =>
  /^\d/.test(text.trim()) ? Option.as(Duration.fromInput(text.trim() as Duration.Input), text.trim()) : Option.none()
)

export const flag = make("true or false", (text) => {
  const word = text.trim().toLowerCase()
  if (["true", "yes", "on", "1"].includes(word)) return Option.some(true)
  return ["false", "no", "off", "0"].includes(word) ? Option.some(false) : Option.none()
})

/** A node's name, as control planes take it. */
export const name = make("a name of at most 64 characters, none of them control characters", (text) => {
  const name = text.trim()
  return /^\P{Cc}{1,64}$/u.test(name) ? Option.some(name) : Option.none()
})

/** A model's, as control planes take it. */
export const modelName = make("a model's name of at most 256 characters, none of them control characters", (text) => {
  const name = text.trim()
  return name.length <= 256 && /^\P{Cc}+$/u.test(name) ? Option.some(name) : Option.none()
})

/** Money sent to a mistyped address is gone, so one that cannot show its slips is not taken. */
export const payoutAddress = make(
  "an Ethereum address in the capital and small letters that your wallet shows, which are its checksum",
  (text) => (hasChecksum(text.trim()) ? Option.some(text.trim()) : Option.none())
)

export const chain = make(`one of ${chainNames.join(", ")}`, (text) =>
  Option.fromUndefinedOr(chainNames.find((name) => name === text.trim().toLowerCase()))
)

/** As a wallet shows it or in small letters alone; in small letters. */
export const contract = make(
  "a contract's address: 0x and 40 hexadecimal digits, with right capitals if any",
  (text) => {
    const address = text.trim()
    const isPlain = address === address.toLowerCase() && withChecksum(address) !== undefined
    return isPlain || hasChecksum(address) ? Option.some(address.toLowerCase()) : Option.none()
  }
)

/** Of an endpoint, as it is written: its path and query may hold a key. */
export const endpoint = make("an address that begins with http:// or https://", (text) =>
  /^https?:\/\/\S+$/i.test(text.trim()) && URL.canParse(text.trim()) ? Option.some(text.trim()) : Option.none()
)

const ways = ["off", "ledger", ...chainNames] as const

/** How a control plane charges. */
export const payments = make(`one of ${ways.join(", ")}`, (text) =>
  Option.fromUndefinedOr(ways.find((way) => way === text.trim().toLowerCase()))
)

/** Ten-thousandths; the escrow takes no more. */
export const feeBps = make("a whole number from 0 to 3000, ten-thousandths", (text) => {
  const bps = /^\d{1,4}$/.test(text.trim()) ? Number(text) : 3_001
  return bps <= 3_000 ? Option.some(bps) : Option.none()
})
