/** Signing in: from what a person brings to the account that it opens. */
import * as WalletSignIn from "@infernet/auth/WalletSignIn"
import { type Conflict, Forbidden, Unauthorized, type Unavailable } from "@infernet/contract/ApiError"
import type { AccountId } from "@infernet/contract/Id"
import type { SignIn } from "@infernet/contract/Session"
import { Context, DateTime, Effect, Layer, Option, Redacted, Result } from "effect"
import { Accounts } from "../account/Accounts.ts"
import { Settings } from "../Settings.ts"
import { SignIns } from "./SignIns.ts"
import { isOwnName } from "./ownName.ts"
import { Wallets } from "./Wallets.ts"

/** The page that asks, as its browser named it. */
export interface Page {
  /** Host and port. */
  readonly domain: string
  readonly origin: string
}

export interface Opened {
  readonly account: AccountId
  readonly by: "wallet" | "link"
}

export class SigningIn extends Context.Service<
  SigningIn,
  {
    /** What a wallet has to sign, for this page alone. */
    readonly challenge: (
      address: string,
      chainId: number,
      page: Page
    ) => Effect.Effect<
      { readonly message: string; readonly expiresAt: DateTime.Utc },
      Conflict | Forbidden | Unavailable
    >
    /** The address of the wallet that signed a message of ours; uses the message up. */
    readonly signer: (
      signed: { readonly message: string; readonly signature: string },
      page: Page
    ) => Effect.Effect<string, Unauthorized | Forbidden | Unavailable>
    /** A wallet that has no account gets one where the network is open to all. */
    readonly open: (by: SignIn, page: Page) => Effect.Effect<Opened, Unauthorized | Forbidden | Conflict | Unavailable>
  }
>()("@infernet/control-plane/session/SigningIn") {
  static readonly layer = Layer.effect(
    SigningIn,
    Effect.suspend(() => make)
  )
}

const refused = (reason: string) =>
  new Unauthorized({ error_message: `the wallet's message does not sign you in: ${reason}` })

const make = Effect.gen(function* () {
  const accounts = yield* Accounts
  const signIns = yield* SignIns
  const wallets = yield* Wallets
  const settings = yield* Settings

  /** A wallet's message is bound to the page's name, which must be ours for that to mean anything. */
  const ours = ({ domain }: Page) =>
    isOwnName(settings, domain)
      ? Effect.void
      : Effect.fail(
          new Forbidden({
            error_message:
              `wallets sign in at ${settings.url}, and not at ${domain.slice(0, 200)}: ` +
              "its operator names other addresses with INFERNET_PUBLIC_URL or INFERNET_ALLOWED_HOSTS"
          })
        )

  const signer = Effect.fn("SigningIn.signer")(function* (
    { message, signature }: { readonly message: string; readonly signature: string },
    page: Page
  ) {
    yield* ours(page)
    const { domain, origin } = page
    const signed = { message, signature, domain, uri: origin, now: yield* DateTime.now }
    const verified = yield* WalletSignIn.verify(signed)
    if (Result.isFailure(verified)) return yield* refused(verified.failure)
    const { address, nonce } = verified.success
    // Last, so that nobody uses up another one's message without its signature.
    const used = yield* signIns.use(nonce)
    if (Option.isNone(used) || used.value !== null) return yield* refused("it was used before: ask for a new one")
    return address
  })

  const accountOf = Effect.fnUntraced(function* (address: string) {
    const known = yield* wallets.accountOf(address)
    if (Option.isSome(known)) return known.value
    if (!settings.openSignUp) {
      const error_message = `${address} has no account here: ask the administrator for a sign-in link, then add the wallet`
      return yield* new Forbidden({ error_message })
    }
    const { id } = yield* accounts.create({ name: address, role: "client" })
    yield* wallets.add(id, address)
    yield* Effect.logInfo("account of a new wallet", { account: id, wallet: address })
    return id
  })

  return SigningIn.of({
    signer,
    challenge: Effect.fn("SigningIn.challenge")(function* (address, chainId, page) {
      yield* ours(page)
      const { domain, origin } = page
      const { expiresAt, issuedAt, secret } = yield* signIns.nonce
      const nonce = Redacted.value(secret)
      const message = WalletSignIn.message({ address, domain, uri: origin, chainId, nonce, issuedAt, expiresAt })
      return { message, expiresAt }
    }),
    open: Effect.fn("SigningIn.open")(function* (by, page) {
      if ("message" in by) return { account: yield* accountOf(yield* signer(by, page)), by: "wallet" as const }
      const account = Option.getOrNull(yield* signIns.use(by.code))
      if (account !== null) return { account, by: "link" as const }
      const error_message = "this sign-in link is unknown, used or older than 5 minutes: ask for a new one"
      return yield* new Unauthorized({ error_message })
    })
  })
})
