/** Everything that a frame is drawn from. */
import type { Overview } from "@infernet/contract/api/Admin"
import type { LivePartOf } from "../client/LiveApi.ts"

export interface SystemReading {
  readonly cpuCores: number
  /** Share of all cores in use since the reading before, 0 to 1; none at the first. */
  readonly cpuUse: number | undefined
  readonly memoryTotal: number
  readonly memoryUsed: number
}

export interface LogLine {
  /** Milliseconds of the epoch; none where the line does not tell. */
  readonly at: number | undefined
  readonly level: "debug" | "error" | "info" | "warn"
  readonly text: string
}

export type View = "help" | "logs" | "models" | "overview"

/** What the node last said of itself. */
export interface NodeParts {
  readonly Node?: LivePartOf<"Node">
  readonly Link?: LivePartOf<"Link">
  readonly Jobs?: LivePartOf<"Jobs">
  readonly Earnings?: LivePartOf<"Earnings">
  readonly Offer?: LivePartOf<"Offer">
  readonly Verdicts?: LivePartOf<"Verdicts">
  readonly Gpus?: LivePartOf<"Gpus">
  readonly Installs?: LivePartOf<"Installs">
}

export interface State {
  readonly home: string
  /** Milliseconds of the epoch when this state was last told the time. */
  readonly now: number
  /** Whether the node's socket has answered: unknown at first. */
  readonly answers: boolean | undefined
  /** Why it cannot be watched, where it is not simply away. */
  readonly trouble: string | undefined
  readonly parts: NodeParts
  /** The control plane's own numbers, where one runs from this home. */
  readonly plane: typeof Overview.Type | undefined
  readonly system: SystemReading | undefined
  /** Tokens in each of the last seconds, the newest last. */
  readonly throughput: ReadonlyArray<number>
  /** What the next second's tokens are counted from. */
  readonly counted: { readonly tokens: number; readonly at: number } | undefined
  /** When each installation was first seen, by its id. */
  readonly installsSince: ReadonlyMap<number, number>
  /** The newest last. */
  readonly log: ReadonlyArray<LogLine>
  readonly view: View
  /** Lines away from where the view begins: from the newest of a log, from the first of a list. */
  readonly scroll: number
  /** A word to the person at the keyboard, until then. */
  readonly notice: { readonly text: string; readonly until: number } | undefined
}

export const initial = (home: string, now: number): State => ({
  home,
  now,
  answers: undefined,
  trouble: undefined,
  parts: {},
  plane: undefined,
  system: undefined,
  throughput: [],
  counted: undefined,
  installsSince: new Map(),
  log: [],
  view: "overview",
  scroll: 0,
  notice: undefined
})
