/** What a control plane is told when it starts. */
import type { ControlPlaneId, NodeId } from "@infernet/contract/Id"
import { type Limits, unlimited } from "@infernet/contract/Limits"
import { Context, type Duration } from "effect"
import type { Payments } from "./Payments.ts"

/** Which nodes are let in. */
export interface Admission {
  /** Whether a node that is not known needs a link code. */
  readonly inviteOnly: boolean
  /** Whether a new node gets jobs only when an administrator has approved it. */
  readonly needsApproval: boolean
  /** The node of this very process, which needs neither. */
  readonly own: NodeId | undefined
}

/** Whoever comes is let in. */
export const openToAll: Admission = { inviteOnly: false, needsApproval: false, own: undefined }

/** How much keys and accounts may ask for that were given no limits of their own. */
export interface UsualLimits {
  readonly key: Limits
  readonly account: Limits
}

export const noLimits: UsualLimits = { key: unlimited, account: unlimited }

export class Settings extends Context.Service<
  Settings,
  {
    /** The address of the control plane's key: nodes sign for it. */
    readonly id: ControlPlaneId
    readonly version: string
    /** This process among replicas. */
    readonly replica: string
    /** Where clients reach it, for messages and links. */
    readonly url: string
    /** `Host` values that are answered; empty: any. Keeps a web page elsewhere from reaching a loopback server by name. */
    readonly allowedHosts: ReadonlySet<string>
    readonly admission: Admission
    /** Whether a wallet that nobody knows gets an account by signing in. */
    readonly openSignUp: boolean
    readonly limits: UsualLimits
    readonly payments: Payments
    /** Addresses and networks (`10.0.0.0/8`) of the proxies in front, whose `X-Forwarded-For` is believed. */
    readonly trustedProxies: ReadonlyArray<string>
    /** Submission to first content. */
    readonly firstContentWithin: Duration.Duration
    /** Submission to end. */
    readonly jobWithin: Duration.Duration
    /** How long an ended job's log can be read again. */
    readonly logKeptFor: Duration.Duration
  }
>()("@infernet/control-plane/Settings") {}
