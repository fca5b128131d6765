/** What differs between the servers that speak OpenAI's API: each of them is one value of this type. */
import type { BackendKind, BackendReadings, Capability } from "@infernet/contract/Node"
import type { Effect } from "effect"
import type { Ability } from "../Ability.ts"
import type { BackendError } from "../Backend.ts"
import type { Site } from "../http/Site.ts"
import type { Lacks } from "../Parameter.ts"
import type { Dialect } from "./dialect.ts"
import type { Listed } from "./models.ts"

export type OpenAiKind = Exclude<BackendKind, "embedded" | "ollama">

/** How a server was started: what holds until it is started anew. */
export interface Learnt {
  readonly version: string | undefined
  readonly slots: number
  readonly capabilities: ReadonlyArray<Capability>
  /** Whether these are all it can do; else each of its models may do more, or less. */
  readonly told: boolean
  readonly lacks: Lacks
}

export interface Flavor {
  readonly name: string
  readonly apiKeyVariable: string
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
