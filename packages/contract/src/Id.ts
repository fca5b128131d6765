/** Identifiers: a prefix that says what is named, then 20 characters of Crockford base32 that sort by time. */
import { Clock, Effect, Random, Schema } from "effect"

const alphabet = "0123456789abcdefghjkmnpqrstvwxyz"
const body = "[0-9a-hjkmnp-tv-z]{20}"

const prefixed = (prefix: string) =>
  Schema.String.check(
    Schema.isPattern(new RegExp(`^${prefix}_${body}$`), {
      message: `expected "${prefix}_" and 20 characters of Crockford base32`
    })
  )

export const JobId = prefixed("job").pipe(Schema.brand("JobId"))
export type JobId = typeof JobId.Type
export const AttemptId = prefixed("att").pipe(Schema.brand("AttemptId"))
export type AttemptId = typeof AttemptId.Type
export const CommandId = prefixed("cmd").pipe(Schema.brand("CommandId"))
export type CommandId = typeof CommandId.Type
export const ApiKeyId = prefixed("key").pipe(Schema.brand("ApiKeyId"))
export type ApiKeyId = typeof ApiKeyId.Type
export const AccountId = prefixed("acc").pipe(Schema.brand("AccountId"))
export type AccountId = typeof AccountId.Type
export const SessionId = prefixed("ses").pipe(Schema.brand("SessionId"))
export type SessionId = typeof SessionId.Type
/** A receipt has the characters of its attempt's id. */
export const ReceiptId = prefixed("cpr").pipe(Schema.brand("ReceiptId"))
export type ReceiptId = typeof ReceiptId.Type

const address = Schema.String.check(
  Schema.isPattern(/^0x[0-9a-f]{40}$/, { message: 'expected "0x" and 40 lower-case hexadecimal digits' })
)

/** The address of a node's first key, for ever: its identity here and on chain. */
export const NodeId = address.pipe(Schema.brand("NodeId"))
export type NodeId = typeof NodeId.Type

/** The address of a control plane's key; signed requests name it, so that no other control plane can replay them. */
export const ControlPlaneId = address.pipe(Schema.brand("ControlPlaneId"))
export type ControlPlaneId = typeof ControlPlaneId.Type

/**
 * Encodes 48 bits of time and 52 random bits as 20 characters of 5 bits each.
 *
 * The time comes first, most significant character first, so that ids sort as they were made.
 */
export const encode = (milliseconds: number, random: bigint): string => {
  let value = (BigInt(milliseconds) << 52n) | (random & ((1n << 52n) - 1n))
  let text = ""
  for (let i = 0; i < 20; i++) {
    text = alphabet[Number(value & 31n)] + text
    value >>= 5n
  }
  return text
}

/** A fresh id of the given kind, from the clock and the random source in force. */
export const make = Effect.fnUntraced(function* <A extends string>(
  schema: { readonly make: (text: string) => A },
  prefix: "job" | "att" | "cmd" | "key" | "acc" | "ses"
) {
  const now = yield* Clock.currentTimeMillis
  const high = yield* Random.nextIntBetween(0, 2 ** 26 - 1)
  const low = yield* Random.nextIntBetween(0, 2 ** 26 - 1)
  return schema.make(`${prefix}_${encode(Math.floor(now), (BigInt(high) << 26n) | BigInt(low))}`)
})

export const makeJobId = make(JobId, "job")
export const makeAttemptId = make(AttemptId, "att")
export const makeCommandId = make(CommandId, "cmd")
export const makeApiKeyId = make(ApiKeyId, "key")
export const makeAccountId = make(AccountId, "acc")
export const makeSessionId = make(SessionId, "ses")
