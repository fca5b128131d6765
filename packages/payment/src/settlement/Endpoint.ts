/** Where a chain is asked: one JSON-RPC endpoint. */
import { http, type Transport } from "viem"
import { transportTo } from "../chain/rpc.ts"

export interface Endpoint {
  /** What people are told of it: a host, without the path, which often holds a key. */
  readonly name: string
  readonly transport: Transport
}

/** How long an endpoint may take for an answer, in milliseconds, before the next one is asked. */
const timeout = 10_000

/** No proxy of the environment reaches a chain on this machine. */
const isHere = (hostname: string): boolean => /^(?:localhost|127\.[\d.]+|\[::1\])$/.test(hostname)

/** Endpoints of addresses, tried in this order. */
export const ofUrls = (urls: ReadonlyArray<string>): ReadonlyArray<Endpoint> =>
  // Whether to try again is decided above: another endpoint comes before a second try.
  urls.map((url) => {
    const { host, hostname } = new URL(url)
    return { name: host, transport: isHere(hostname) ? transportTo(url) : http(url, { timeout, retryCount: 0 }) }
  })
