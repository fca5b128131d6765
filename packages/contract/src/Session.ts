/** Sessions of people: who signed in at which browser, and the short-lived tokens that act for them. */
import { Schema } from "effect"
import { AccountView } from "./Account.ts"
import { SessionId } from "./Id.ts"

/** How long a link signs in, a wallet's message can be signed, a token acts, and a session lasts unused and in all. */
export const lifetimes = {
  linkMinutes: 5,
  challengeMinutes: 5,
  tokenMinutes: 15,
  idleDays: 7,
  days: 30
} as const

/** An Ethereum address in any case; it goes on in lower case. */
export const Wallet = Schema.String.check(
  Schema.isPattern(/^0x[0-9a-fA-F]{40}$/, { message: 'expected "0x" and 40 hexadecimal digits' })
)

export const ChallengeRequest = Schema.Struct({
  address: Wallet,
  /** The chain that the wallet is on, as EIP-4361 wants it named; absent: 1. Nothing is done on it. */
  chain_id: Schema.optionalKey(Schema.Int.check(Schema.isBetween({ minimum: 1, maximum: 2 ** 53 - 1 })))
})

/** What the wallet has to sign (`personal_sign`), as it is. */
export const Challenge = Schema.Struct({ message: Schema.String, expires_at: Schema.String })

const Signature = Schema.String.check(
  Schema.isPattern(/^0x[0-9a-fA-F]{130}$/, { message: 'expected "0x" and 130 hexadecimal digits' })
)
const Code = Schema.String.check(Schema.isMinLength(1), Schema.isMaxLength(64))

/** A challenge's message and the wallet's signature of it. */
export const SignedMessage = Schema.Struct({
  message: Schema.String.check(Schema.isMaxLength(4096)),
  signature: Signature
})

/** With a wallet, or with the code of a one-time link. */
export const SignIn = Schema.Union([SignedMessage, Schema.Struct({ code: Code })])
export type SignIn = typeof SignIn.Type

export const SessionView = Schema.Struct({
  id: SessionId,
  signed_in_by: Schema.Literals(["wallet", "link"]),
  /** The browser's name for itself, as far as it told one. */
  browser: Schema.String,
  created_at: Schema.String,
  /** When it last asked for a token. */
  last_used_at: Schema.String,
  expires_at: Schema.String
})
export type SessionView = typeof SessionView.Type

export const SignedIn = Schema.Struct({
  account: AccountView,
  session: SessionView,
  /** To be sent as `X-CSRF-Token` with every request that changes something and carries the cookie. */
  csrf_token: Schema.String
})

/** Acts for the session's account as a key does: `Authorization: Bearer infs_…`. */
export const SessionToken = Schema.Struct({ token: Schema.String, expires_at: Schema.String })

/** The only answer that ever carries the link's code, which is in the part of `url` that browsers send to nobody. */
export const SignInLink = Schema.Struct({ url: Schema.String, code: Schema.String, expires_at: Schema.String })

/** By address, in lower case. */
export const WalletList = Schema.Struct({ wallets: Schema.Array(Schema.String) })
