/** Who may do as much as possible at each operation, and what they know: wrong requests are to get far. */
import { sample } from "@infernet/contract/api/examples/sample"
import { Effect } from "effect"
import type { TestNetwork } from "./network.ts"
import { type Operation, operationOf } from "./operations.ts"
import { stateOf } from "../world.ts"
import * as people from "./people.ts"

const state = stateOf([])

export const fuzzers = Effect.fnUntraced(function* ({ admin, client, operator, plane }: TestNetwork) {
  const [asClient, asOperator] = [people.withKey(client.key), people.withKey(operator.key)]
  const post = (id: string, sender: people.Sender, body: object, path = {}) =>
    people.send(plane, sender, people.sentTo(operationOf(id), { path, body: JSON.stringify(body) }))
  const made = (id: string, sender: people.Sender, body: object) =>
    Effect.map(post(id, sender, body), ({ text }) => JSON.parse(text))

  const join = Effect.gen(function* () {
    const identity = yield* people.newIdentity
    const { code } = yield* made("joining.createLinkCode", asOperator, {})
    const registration = { public_key: identity.publicKey, name: "fuzzed", version: "1.0.0", link_code: code }
    yield* post("node.register", people.signedBy(identity), registration, { id: identity.id })
    return identity
  })
  // One of its own for changes of keys: what the other sends is to be believed to the end.
  const [node, rotated, next] = [yield* join, yield* join, yield* people.newIdentity]
  yield* post("node.heartbeat", people.signedBy(node), { public_key: node.publicKey, state }, { id: node.id })
  const issued = yield* post("commands.issue", asOperator, { kind: "drain" }, { id: node.id })
  const command = String(JSON.parse(issued.text).id)
  const job = yield* made("jobs.submit", asClient, {
    model: sample.model,
    messages: [{ role: "user", content: "hi" }]
  })
  const spare = yield* made("keys.create", asClient, { name: "spare" })
  const link = yield* made("sessions.createSignInLink", asClient, {})
  const signedIn = yield* post("session.signIn", people.browserWith(plane, undefined), { code: link.code })
  const cookie = signedIn.headers.get("set-cookie")?.split(";")[0]
  const csrf = { "x-csrf-token": String(JSON.parse(signedIn.text).csrf_token) }

  const senders: Readonly<Record<string, people.Sender>> = {
    commands: asOperator,
    joining: people.withKey(admin.key),
    node: people.signedBy(node),
    rotation: people.both(people.signedBy(next), asOperator),
    session: people.both(people.browserWith(plane, cookie), () => Effect.succeed(csrf)),
    public: people.nobody
  }
  const ids: Readonly<Record<string, string>> = {
    jobs: job.id,
    keys: spare.id,
    openai: sample.model,
    responses: `resp_${job.id}`,
    // Another account's, as it were: ended, one's own would end the requests of pages.
    sessions: "ses_00000000000000000000",
    rotation: rotated.id
  }
  return {
    of: ({ group }: Operation): people.Sender => senders[group] ?? asClient,
    known: ({ group }: Operation) => ({
      path: { id: ids[group] ?? node.id, command },
      body: {
        model: sample.model,
        public_key: group === "rotation" ? next.publicKey : node.publicKey,
        replaces: rotated.publicKey
      }
    })
  }
})
