/** An account's owner: its keys, its browsers, its wallet. */
import { Effect } from "effect"
import { privateKeyToAccount } from "viem/accounts"
import type { TestNetwork } from "./network.ts"
import { operationOf } from "./operations.ts"
import { both, browserWith, type Received, send, sentTo, withKey } from "./people.ts"
import { jsonOf, type Tour } from "./Tour.ts"

const wallet = privateKeyToAccount(`0x${"46".repeat(32)}`)

const cookieOf = ({ headers }: Received): string => headers.get("set-cookie")?.split(";")[0] ?? ""

export const tourOfAccounts = Effect.fnUntraced(function* ({ names, visit }: Tour, { client, plane }: TestNetwork) {
  const asClient = withKey(client.key)
  const fromPage = (cookie?: string) => browserWith(plane, cookie)

  /** Asks for a message and signs it: each is good once. */
  const prove = (challenge: Received) => {
    const message: string = jsonOf(challenge).message
    return Effect.map(
      Effect.promise(() => wallet.signMessage({ message })),
      (signature) => {
        names.bind("message", message)
        names.bind("signature", signature)
      }
    )
  }
  const challenged = Effect.suspend(() =>
    send(
      plane,
      fromPage(),
      sentTo(operationOf("session.challenge"), { body: JSON.stringify({ address: wallet.address }) })
    )
  )

  yield* visit("account.get", "account", asClient)
  yield* visit("account.usage", "by-model", asClient)
  yield* visit("account.usage", "by-day", asClient)
  yield* visit("account.ledger", "page", asClient)
  yield* visit("account.ledger", "csv", asClient)
  yield* visit("keys.create", "key", asClient, (answer) => {
    const { id, key } = jsonOf(answer)
    names.bind("otherKey", id)
    names.bind("secret", key)
  })
  yield* visit("keys.list", "page", asClient)
  yield* visit("keys.revoke", "key", asClient)

  yield* visit("sessions.createSignInLink", "link", asClient, (answer) => names.bind("signInCode", jsonOf(answer).code))
  let cookie = ""
  yield* visit("session.signIn", "link", fromPage(), (answer) => {
    cookie = cookieOf(answer)
    names.bind("session", jsonOf(answer).session.id)
    names.bind("csrf", jsonOf(answer).csrf_token)
  })
  yield* visit("session.session", "session", fromPage(cookie))
  yield* visit("session.token", "token", fromPage(cookie), (answer) => names.bind("token", jsonOf(answer).token))

  names.bind("wallet", wallet.address.toLowerCase())
  const challenge = yield* visit("session.challenge", "wallet", fromPage(), (answer) =>
    names.bind("message", jsonOf(answer).message)
  )
  yield* prove(challenge)
  yield* visit("sessions.addWallet", "wallet", both(fromPage(), asClient))
  yield* visit("sessions.listWallets", "wallets", asClient)
  yield* prove(yield* challenged)
  let other = ""
  yield* visit("session.signIn", "wallet", fromPage(), (answer) => {
    other = cookieOf(answer)
    names.bind("csrf", jsonOf(answer).csrf_token)
  })
  yield* visit("sessions.listSessions", "sessions", asClient)
  yield* visit("sessions.revokeSession", "session", asClient)
  yield* visit("session.signOut", "session", fromPage(other))
  yield* visit("sessions.removeWallet", "wallet", asClient)
})
