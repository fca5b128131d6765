/** What differs between the servers that speak OpenAI's API: each of them is one value of this type. */
import type { BackendReadings, Capability } from "@infernet/contract/Node"
import type { Effect } from "effect"
import type { Ability } from "../Ability.ts"
import type { BackendError } from "../Backend.ts"
import type { JsonRecord } from "../http/json.ts"
import type { Site } from "../http/Site.ts"
import type { Lacks } from "../Parameter.ts"
import type { Dialect } from "./dialect.ts"
import type { Listed } from "./models.ts"

/** How a server was started: what holds until it is started anew. */
export interface Learnt {
  readonly version: string | undefined
  readonly slots: number
  readonly capabilities: ReadonlyArray<Capability>
  /** Whether these are all it can do; else each of its models may do more, or less. */
  readonly told: boolean
  readonly lacks: Lacks
}

/** What the routes answer that only one of the servers has; `undefined` where a route is not there. */
export interface Marks {
  readonly "/running": unknown
  readonly "/props": unknown
  readonly "/get_model_info": unknown
  readonly "/openapi.json": unknown
}

export interface Flavor {
  /** As a sentence has it. */
  readonly name: string
  /** As a table has it. */
  readonly label: string
  readonly apiKeyVariable: string
  /** Where it is looked for: at the addresses in these variables, else at these ports of this machine. */
  readonly place: { readonly variables: ReadonlyArray<string>; readonly ports: ReadonlyArray<number> }
  /** What it is known by: a model of its list, or what only its own routes answer. Never a port. */
  readonly known: {
    readonly byModel: (model: JsonRecord) => boolean
    readonly byMarks: (marks: Marks) => boolean
  }
  readonly dialect: Dialect
  /** Asked once, when the server is found; fails where it is gone or not ready. */
  readonly learn: (site: Site) => Effect.Effect<Learnt, BackendError>
  readonly models: (site: Site, learnt: Learnt) => Effect.Effect<ReadonlyArray<Listed>, BackendError>
  readonly readings: Ability<(site: Site) => Effect.Effect<BackendReadings, BackendError>>
  /** Why it installs and removes no models, and what the operator does instead. */
  readonly noInstall: string
  /** What the operator does for embeddings. */
  readonly toEmbed: string
  /** A server that does not always notice a closed connection is told: our own id in the body, and where to send it. */
  readonly abort?: { readonly field: string; readonly path: string }
}
