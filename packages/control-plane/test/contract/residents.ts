/** People of different accounts, each with something of every kind that has an id. */
import { sample } from "@infernet/contract/api/examples/sample"
import type { Plane } from "@infernet/testing/Network"
import * as Network from "@infernet/testing/Network"
import { Effect } from "effect"
import { privateKeyToAccount } from "viem/accounts"
import { stateOf } from "../world.ts"
import { network } from "./network.ts"
import { operationOf } from "./operations.ts"
import * as people from "./people.ts"

/** What somebody has, by the name of its parameter; clients have no node. */
export interface Belongings {
  readonly account: string
  readonly job: string
  readonly receipt: string
  readonly response: string
  readonly item: string
  readonly key: string
  readonly session: string
  readonly wallet: string
  readonly node: string | undefined
  readonly command: string | undefined
}

export interface Resident {
  readonly name: string
  readonly sender: people.Sender
  readonly has: Belongings
}

export const ask = (plane: Plane, sender: people.Sender, id: string, parts: Parameters<typeof people.sentTo>[1] = {}) =>
  people.send(plane, sender, people.sentTo(operationOf(id), parts))

const body = (value: object) => ({ body: JSON.stringify(value) })

export const residents = Effect.gen(function* () {
  const { plane } = yield* network
  const json = (...args: Parameters<typeof ask> extends [Plane, ...infer Rest] ? Rest : never) =>
    Effect.map(ask(plane, ...args), ({ text }) => (text === "" ? undefined : JSON.parse(text)))
  const chat = { model: sample.model, messages: [{ role: "user", content: "hi" }] }
  let wallets = 0

  /** Everything is made with a key that may do all; the resident goes on with another, or with a session's token. */
  const settle = Effect.fnUntraced(function* (
    name: string,
    role: "client" | "operator",
    as: (full: people.Sender, cookie: string, csrf: string) => Effect.Effect<people.Sender> = Effect.succeed
  ) {
    const account = yield* Network.account(plane, role)
    const full = people.withKey(account.key)
    const job = (yield* json(full, "jobs.submit", body(chat))).id
    // To its end, where it is billed.
    yield* ask(plane, full, "jobs.stream", { path: { id: job } })
    const { receipts } = yield* json(full, "jobs.get", { path: { id: job } })
    const response = yield* json(full, "responses.create", body({ model: sample.model, input: "hi" }))
    const key = (yield* json(full, "keys.create", body({ name: "spare" }))).id
    const page = people.browserWith(plane, undefined)
    const { code } = yield* json(full, "sessions.createSignInLink")
    const signedIn = yield* ask(plane, page, "session.signIn", body({ code }))
    const { csrf_token: csrf, session } = JSON.parse(signedIn.text)
    const wallet = privateKeyToAccount(`0x${String(++wallets).padStart(64, "0")}`)
    const { message } = yield* json(page, "session.challenge", body({ address: wallet.address }))
    const signature = yield* Effect.promise(() => wallet.signMessage({ message }))
    yield* json(people.both(page, full), "sessions.addWallet", body({ message, signature }))
    const own = role === "operator" ? yield* joined(full) : { node: undefined, command: undefined }
    const cookie = signedIn.headers.get("set-cookie")?.split(";")[0] ?? ""
    const has: Belongings = {
      account: account.id,
      job,
      receipt: receipts[0].id,
      response: response.id,
      item: response.output[0].id,
      key,
      session: session.id,
      wallet: wallet.address.toLowerCase(),
      ...own
    }
    return { name, has, sender: yield* as(full, cookie, csrf) }
  })

  const joined = Effect.fnUntraced(function* (full: people.Sender) {
    const identity = yield* people.newIdentity
    const path = { id: identity.id }
    const { code } = yield* json(full, "joining.createLinkCode")
    const registration = { public_key: identity.publicKey, name: "node", version: "1", link_code: code }
    const signed = people.signedBy(identity)
    yield* json(signed, "node.register", { path, ...body(registration) })
    yield* json(signed, "node.heartbeat", { path, ...body({ public_key: identity.publicKey, state: stateOf([]) }) })
    const install = { kind: "model_install", model: "llama3.2:1b" }
    const command: string = (yield* json(full, "commands.issue", { path, ...body(install) })).id
    return { node: identity.id, command }
  })

  const restricted = (full: people.Sender) =>
    Effect.map(json(full, "keys.create", body({ name: "one model", models: [sample.model] })), ({ key }) =>
      people.withKey(key)
    )
  const signedIn = (_full: people.Sender, cookie: string, csrf: string) =>
    Effect.map(
      json(
        people.both(people.browserWith(plane, cookie), () => Effect.succeed({ "x-csrf-token": csrf })),
        "session.token"
      ),
      ({ token }) => people.withKey(token)
    )

  const all: ReadonlyArray<Resident> = [
    yield* settle("client A", "client"),
    yield* settle("client B", "client"),
    yield* settle("operator A", "operator"),
    yield* settle("operator B", "operator"),
    yield* settle("a key for one model", "operator", restricted),
    yield* settle("a session's token", "operator", signedIn)
  ]
  return { plane, all }
})
