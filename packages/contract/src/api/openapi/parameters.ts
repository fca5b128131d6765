/** What each parameter means, and where its text stands for more than text, of which form it is. */
import { entriesAtOnce } from "../../Ledger.ts"
import { type Document, mapOperations, type Operation, type Parameter } from "./Document.ts"

interface Meaning {
  readonly description: string
  readonly schema?: object
}

const page = { type: "integer", minimum: 1, maximum: 100, default: 20 }
const time = { type: "string", format: "date-time" }
const node = { type: "string", pattern: "^0x[0-9a-f]{40}$" }
const id = (prefix: string) => ({ type: "string", pattern: `^${prefix}_[0-9a-hjkmnp-tv-z]{20}$` })

const cursor = (prefix: string): Meaning => ({
  description: "`next_cursor` of the page before",
  schema: id(prefix)
})

/** By name, or by group and name where a name means several things. */
const meanings: Readonly<Record<string, Meaning>> = {
  "jobs.id": { description: "The job, as its submission named it", schema: id("job") },
  "jobs.cursor": cursor("job"),
  "receipts.id": { description: "The receipt: `cpr_` and the rest of its attempt's id", schema: id("cpr") },
  "receipts.cursor": cursor("cpr"),
  "keys.id": { description: "The key: its id, not its secret", schema: id("key") },
  "keys.cursor": cursor("key"),
  "commands.cursor": cursor("cmd"),
  "sessions.id": { description: "The session", schema: id("ses") },
  "openai.id": { description: "The model, by any of its names" },
  "responses.id": { description: "The response, as its creation named it" },
  "account.cursor": { description: "`next_cursor` of the page before", schema: { type: "string" } },
  "account.limit": {
    description: "How many at most: up to 100, as CSV up to 10,000",
    schema: { type: "integer", minimum: 1, maximum: entriesAtOnce.csv, default: 20 }
  },
  format: { description: "`csv`: a file for spreadsheets; `json` unless given or asked for by `Accept: text/csv`" },
  "account.since": { description: "From then on; 30 days ago unless given", schema: time },
  "jobs.since": { description: "Only jobs submitted from then on", schema: time },
  id: { description: "The node: the address of its first key", schema: node },
  command: { description: "The command", schema: id("cmd") },
  address: { description: "The wallet, in any case", schema: { type: "string", pattern: "^0x[0-9a-fA-F]{40}$" } },
  job_id: { description: "Only those of this job", schema: id("job") },
  node_id: { description: "Only those of this node", schema: node },
  limit: { description: "How many at most", schema: page },
  status: { description: "Only those that are in this state" },
  until: { description: "Before then; now unless given", schema: time },
  by: { description: "What the numbers are told apart by; `day` unless given" },
  account_id: { description: "Only those of this account: for administrators, or your own", schema: id("acc") },
  after: {
    description: "Only what comes after the event with this number",
    schema: { type: "integer", minimum: 0, default: 0 }
  },
  "last-event-id": {
    description: "As `after`, and counts more: what browsers send when they connect again",
    schema: { type: "integer", minimum: 0 }
  },
  "idempotency-key": { description: "The same request with the same key gets the same answer, for 24 hours" },
  "x-infernet-max-price": {
    description: "The most to pay for 1,000 output tokens, in micro-USDC; the list price unless given"
  },
  stream: { description: "Only `false`: a response is read whole" },
  "anthropic-version": { description: "Makes the answer one of Anthropic's form" },
  "x-csrf-token": { description: "The `csrf_token` of the session" },
  origin: { description: "Browsers send it: the page has to be one of this control plane" }
}

const header = (name: string, required: boolean) => ({ name, in: "header", required, schema: { type: "string" } })

/** Headers that are read without being decoded. */
const read: Readonly<Record<string, ReadonlyArray<Parameter>>> = {
  "openai.models": [header("anthropic-version", false)],
  "openai.model": [header("anthropic-version", false)],
  "session.challenge": [header("origin", false)],
  "session.signIn": [header("origin", false)],
  "session.session": [header("origin", false)],
  "session.token": [header("origin", false), header("x-csrf-token", true)],
  "session.signOut": [header("origin", false), header("x-csrf-token", true)],
  "sessions.addWallet": [header("origin", false)]
}

const described = ({ operationId, parameters, ...operation }: Operation): Operation => {
  const [group = ""] = operationId.split(".")
  return {
    ...operation,
    operationId,
    parameters: [...parameters, ...(read[operationId] ?? [])].map((parameter) => ({
      ...parameter,
      ...(meanings[`${group}.${parameter.name}`] ?? meanings[parameter.name])
    }))
  } as Operation
}

export const withParameters = (document: Document): Document => mapOperations(document, described)
