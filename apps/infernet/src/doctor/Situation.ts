/** All that is known of this home, its machine and its network before anything is judged. */
import type { Hardware, ModelOffer, NodeStatus } from "@infernet/contract/Node"
import type { BackendView } from "../client/MachineApi.ts"

/** What was learnt, or a sentence that says why it was not. */
export type Known<A> =
  | { readonly _tag: "Known"; readonly value: A }
  | { readonly _tag: "Unknown"; readonly why: string }

export const known = <A>(value: A): Known<A> => ({ _tag: "Known", value })
export const unknown = (why: string): Known<never> => ({ _tag: "Unknown", why })

/** What runs from this home: a whole network, a node of one elsewhere, a control plane alone, or nothing. */
export type Role = "network" | "node" | "control plane" | "nothing"

export interface KeyFacts {
  readonly path: string
  /** The node's id by this key; `undefined` where it is missing or cannot be used. */
  readonly id: string | undefined
  /** Why it cannot be used; `undefined` also where there is none yet. */
  readonly problem: string | undefined
  /** Whether another key waits to take its place. */
  readonly isChanging: boolean
}

export interface PlaneFacts {
  readonly version: string
  /** Of the whole exchange. */
  readonly millis: number
  /** How far its clock is before ours, in seconds; behind ours it is negative. */
  readonly aheadSeconds: number
}

export interface NodeFacts {
  readonly status: NodeStatus | "unregistered"
  /** What the network says it offers; `undefined` where we have no key to ask with. */
  readonly models: ReadonlyArray<string> | undefined
}

/** Of this home's node, in micro-USDC. */
export interface ReceiptFacts {
  readonly total: number
  readonly signed: bigint
  /** Signed over an hour ago, and not countersigned. */
  readonly late: number
  readonly lateAmount: bigint
}

export interface GraphicsFacts {
  /** Vendors whose GPUs are on the bus, whether or not their tools are installed. */
  readonly onBus: ReadonlyArray<"nvidia" | "amd">
  /** The newest CUDA that the driver takes, such as "12.8". */
  readonly cuda: string | undefined
}

export interface Situation {
  readonly version: string
  /** The newest version in the registry; unknown offline, and where something else upgrades this program. */
  readonly newest: Known<string>
  readonly role: Role
  readonly config: {
    readonly path: string
    readonly exists: boolean
    readonly isPrivate: boolean
    readonly problem: string | undefined
  }
  readonly home: { readonly root: string; readonly problem: string | undefined }
  readonly key: KeyFacts
  readonly receipts: Known<ReceiptFacts>
  /** The control plane: the one that runs here, else the one to be joined; `undefined` where there is none. */
  readonly url: string | undefined
  readonly plane: Known<PlaneFacts>
  readonly node: Known<NodeFacts>
  /** Whether the link is open; `undefined` where no node runs. */
  readonly linked: boolean | undefined
  /** What the node here waits for to be linked, in a sentence that says what to do. */
  readonly waiting: string | undefined
  /** How many nodes are online at a control plane of this home. */
  readonly nodesOnline: number | undefined
  readonly database: Known<void>
  readonly backends: Known<ReadonlyArray<BackendView>>
  /** What the node here offers; of one that does not run, nothing. */
  readonly offers: ReadonlyArray<ModelOffer>
  /** Where a network of this home listens, or would; `undefined` for a node of one elsewhere. */
  readonly port: { readonly number: number; readonly holder: "ours" | "nobody" | { readonly name: string } } | undefined
  readonly diskFreeBytes: Known<number>
  readonly hardware: typeof Hardware.Type
  readonly graphics: GraphicsFacts
  /** Whether there is an API key for the network. */
  readonly hasApiKey: boolean
}
