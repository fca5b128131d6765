/** Every way in which a request can name something that may be somebody's. */
import { sample } from "@infernet/contract/api/examples/sample"
import type { ask, Belongings } from "./residents.ts"

type Parts = Parameters<typeof ask>[3]

/** How a reference to something is put into a request, and what a stranger is told. */
export interface Reference {
  readonly kind: keyof Belongings
  readonly parts: (id: string, of: Belongings) => Parts
  /** Statuses a stranger may see; the same for what is nobody's. */
  readonly refusals: ReadonlyArray<number>
}

const inPath = (kind: keyof Belongings, refusals: ReadonlyArray<number>): Reference => ({
  kind,
  refusals,
  parts: (id) => ({ path: { id } })
})

const inBody = (kind: keyof Belongings, body: (id: string) => object, refusals: ReadonlyArray<number>): Reference => ({
  kind,
  refusals,
  parts: (id) => ({ body: JSON.stringify(body(id)) })
})

/** A node's command: whose node it is, is asked first. */
const ofNode: Reference = {
  kind: "command",
  refusals: [403],
  parts: (command, { node = "" }) => ({ path: { id: node, command } })
}

/** Names of what is everybody's to know, and of what its own signature or secret guards. */
const everybodys = "everybody's"
const guarded = "guarded by a signature"

const page = (kind: keyof Belongings): Reference => ({
  kind,
  refusals: [200],
  parts: (cursor) => ({ query: { cursor } })
})

/** Every way in which a request can name something, by operation and field. */
export const references: Readonly<Record<string, Reference | typeof everybodys | typeof guarded>> = {
  "jobs.get id": inPath("job", [404]),
  "jobs.stream id": inPath("job", [404]),
  "jobs.cancel id": inPath("job", [404]),
  "jobs.list cursor": page("job"),
  "jobs.submit node_id": everybodys,
  "quotes.quote node_id": everybodys,
  "receipts.get id": inPath("receipt", [404]),
  "receipts.list job_id": { kind: "job", refusals: [200], parts: (job_id) => ({ query: { job_id } }) },
  "receipts.list node_id": { kind: "node", refusals: [200], parts: (node_id) => ({ query: { node_id } }) },
  "receipts.list cursor": page("receipt"),
  "nodes.get id": everybodys,
  "public.nodeStatus id": everybodys,
  "session.challenge chain_id": everybodys,
  "openai.model id": everybodys,
  "commands.details id": inPath("node", [403]),
  "commands.issue id": {
    kind: "node",
    refusals: [403],
    parts: (id) => ({ path: { id }, body: JSON.stringify({ kind: "drain" }) })
  },
  "commands.list id": inPath("node", [403]),
  "commands.list cursor": {
    kind: "command",
    refusals: [403],
    parts: (cursor, { node = "" }) => ({ path: { id: node }, query: { cursor } })
  },
  "commands.get id": ofNode,
  "commands.get command": ofNode,
  "commands.cancel id": ofNode,
  "commands.cancel command": ofNode,
  "joining.approveNode id": inPath("node", [403]),
  "rotation.rotate id": {
    kind: "node",
    refusals: [403],
    parts: (id) => ({
      path: { id },
      body: JSON.stringify({ public_key: sample.publicKey, replaces: sample.otherPublicKey })
    })
  },
  "node.register id": guarded,
  "node.heartbeat id": guarded,
  "node.report id": guarded,
  "node.receipts id": guarded,
  "node.report command": guarded,
  "node.leave id": guarded,
  "node.link id": guarded,
  // A number of the whole ledger: before it stand only one's own.
  "account.ledger cursor": everybodys,
  "keys.create account_id": inBody("account", (account_id) => ({ name: "mine", account_id }), [403]),
  "keys.list account_id": { kind: "account", refusals: [403], parts: (account_id) => ({ query: { account_id } }) },
  // A key for some models manages nothing.
  "keys.list cursor": { ...page("key"), refusals: [200, 403] },
  "keys.revoke id": inPath("key", [403, 404]),
  "sessions.revokeSession id": inPath("session", [403, 404]),
  "sessions.removeWallet address": {
    kind: "wallet",
    refusals: [403, 404],
    parts: (address) => ({ path: { address } })
  },
  "responses.retrieve id": inPath("response", [404]),
  "responses.cancel id": inPath("response", [404]),
  "responses.remove id": inPath("response", [400]),
  "responses.create input.id": inBody(
    "item",
    (id) => ({ model: sample.model, input: [{ type: "item_reference", id }] }),
    [400]
  )
}

/** Looks like one of its kind, and is nobody's. */
export const nobodys: Readonly<Record<keyof Belongings, string>> = {
  account: "acc_00000000000000000000",
  job: "job_00000000000000000000",
  receipt: "cpr_00000000000000000000",
  response: "resp_job_00000000000000000000",
  item: "msg_00000000000000000000_0",
  key: "key_00000000000000000000",
  session: "ses_00000000000000000000",
  wallet: `0x${"9".repeat(40)}`,
  node: `0x${"9".repeat(40)}`,
  command: "cmd_00000000000000000000"
}
