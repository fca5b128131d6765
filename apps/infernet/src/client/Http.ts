/** HTTP as this program speaks it: a proxy of the environment is for the outside world, not for this machine. */
import { Layer } from "effect"
import { FetchHttpClient } from "effect/http"

const loopback = /^https?:\/\/(localhost|127\.|\[::1\])/i

const addressOf = (input: string | URL | Request): string => (input instanceof Request ? input.url : String(input))

const direct = ((input: string | URL | Request, init?: RequestInit) =>
  fetch(input, loopback.test(addressOf(input)) ? { ...init, proxy: false } : init)) as typeof fetch

export const layer = FetchHttpClient.layer.pipe(Layer.provide(Layer.succeed(FetchHttpClient.Fetch, direct)))
