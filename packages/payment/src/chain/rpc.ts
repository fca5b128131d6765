/** JSON-RPC to a chain on this machine. */
import { Data, Effect } from "effect"
import { http, type Transport } from "viem"

export class RpcFailed extends Data.TaggedError("RpcFailed")<{ readonly message: string }> {}

// A proxy of the environment is for the outside world. (Bun takes `false`; its types do not know.)
const direct = ((input: string | URL | Request, init?: RequestInit) =>
  fetch(input, { ...init, proxy: false } as RequestInit)) as typeof fetch

/** For viem's clients. */
export const transportTo = (url: string): Transport => http(url, { fetchFn: direct, retryCount: 0, timeout: 10_000 })

/** Asks for one thing; the answer is as it comes. */
export const rpc = (url: string) => {
  const { request } = transportTo(url)({ retryCount: 0 })
  return (method: string, ...params: ReadonlyArray<unknown>) =>
    Effect.tryPromise({
      try: (): Promise<unknown> => request({ method, params }),
      catch: (cause) => new RpcFailed({ message: cause instanceof Error ? cause.message : String(cause) })
    })
}
