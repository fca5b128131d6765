/** How busy a server is, from the metrics that it exports: absent is not 0. */
import type { BackendReadings } from "@infernet/contract/Node"
import { type Metric, type Page, read } from "../http/prometheus.ts"

/** A server's names for one number, the newest first. */
type Names = ReadonlyArray<string>

export interface MetricNames {
  readonly running: Names
  readonly waiting: Names
  /** A share of 1, of each engine. */
  readonly kvUsage: Names
  readonly prefixQueries: Names
  readonly prefixHits: Names
}

const count = (metric: Metric | undefined): number | undefined =>
  metric === undefined || metric.sum < 0 ? undefined : Math.min(Math.round(metric.sum), Number.MAX_SAFE_INTEGER)

const share = (value: number | undefined): number | undefined =>
  value === undefined || value < 0 || value > 1 ? undefined : value

/** Drops what is `undefined`. */
export const present = (readings: { readonly [K in keyof BackendReadings]: BackendReadings[K] | undefined }) =>
  Object.fromEntries(Object.entries(readings).filter(([, value]) => value !== undefined)) as BackendReadings

/** A page as readings, and the page for what else is on it; `more` names that. */
export const readMetrics = (
  text: string,
  names: MetricNames,
  more: Names = []
): { readonly readings: BackendReadings; readonly at: (...names: Names) => number | undefined } => {
  const page: Page = read(text, [...Object.values(names).flat(), ...more])
  const at = (...names: Names) => count(page(...names))
  const kv = page(...names.kvUsage)
  return {
    at,
    readings: present({
      running: at(...names.running),
      waiting: at(...names.waiting),
      kv_usage: share(kv && kv.sum / kv.samples),
      prefix_query_tokens: at(...names.prefixQueries),
      prefix_hit_tokens: at(...names.prefixHits)
    })
  }
}
