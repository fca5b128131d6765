/** Where a chain is asked: one JSON-RPC endpoint. */
import { http, type Transport } from "viem"

export interface Endpoint {
  /** What people are told of it: a host, without the path, which often holds a key. */
  readonly name: string
  readonly transport: Transport
}

/** How long an endpoint may take for an answer, in milliseconds, before the next one is asked. */
const timeout = 10_000

/** Endpoints of addresses, tried in this order. */
export const ofUrls = (urls: ReadonlyArray<string>): ReadonlyArray<Endpoint> =>
  // Whether to try again is decided above: another endpoint comes before a second try.
  urls.map((url) => ({ name: new URL(url).host, transport: http(url, { timeout, retryCount: 0 }) }))
