/** What a control plane is told when it starts. */
import type { ControlPlaneId } from "@infernet/contract/Id"
import { Context, type Duration } from "effect"

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
    /** Submission to first content. */
    readonly firstContentWithin: Duration.Duration
    /** Submission to end. */
    readonly jobWithin: Duration.Duration
    /** How long an ended job's log can be read again. */
    readonly logKeptFor: Duration.Duration
  }
>()("@infernet/control-plane/Settings") {}
