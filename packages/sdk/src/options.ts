/** What a client is told when it is made, with what the environment and custom say for the rest. */
import { BadRequestError, UnauthorizedError } from "./errors.ts"
import { maxRetries } from "./retry.ts"

export interface CallOptions {
  /** Aborts the call; of a chat it also cancels the job. */
  readonly signal?: AbortSignal | undefined
  /** Milliseconds that one call may take with all its retries, and a stream from its first read to its end: 30 minutes. */
  readonly timeout?: number | undefined
  /** How often a request is sent again, and a stream taken up again without a new word in between: 3. */
  readonly maxRetries?: number | undefined
}

export interface SubmitOptions extends CallOptions {
  /** At most 128 bytes: one job however often it is submitted within 24 hours. Without it each call makes its own. */
  readonly idempotencyKey?: string | undefined
}

/** Time and chance, where a test wants its own. */
export interface Time {
  /** Calls back once after so many milliseconds, and gives what takes that back. */
  readonly after: (millis: number, wake: () => void) => () => void
  /** In [0, 1). */
  readonly random: () => number
}

export interface InfernetOptions extends Pick<CallOptions, "timeout" | "maxRetries"> {
  /**
   * `inft_…`, or what gives it before each request, for one that expires; without it `INFERNET_BEARER_TOKEN` of the
   * environment.
   */
  readonly apiKey?: string | (() => string | Promise<string>) | undefined
  /** The control plane's address; without it `INFERNET_CONTROL_PLANE`, else this machine's: http://127.0.0.1:46337. */
  readonly baseUrl?: string | undefined
  /** Instead of the platform's `fetch`. */
  readonly fetch?: ((url: string, init: RequestInit) => Promise<Response>) | undefined
  /** Milliseconds of silence after which a request counts as dead: 45 s, three times the server's keep-alive. */
  readonly idleTimeout?: number | undefined
  /** Sent with every request, such as to a proxy in between. */
  readonly headers?: { readonly [name: string]: string } | undefined
  readonly time?: Time | undefined
}

export type Settings = { readonly [K in keyof InfernetOptions]-?: Exclude<InfernetOptions[K], undefined> }

/** Absent in browsers; Deno asks or refuses where it may not be read. */
const environment = (name: string): string | undefined => {
  try {
    const value = globalThis.process?.env[name]
    return value === "" ? undefined : value
  } catch {
    return undefined
  }
}

/** What a timer can hold, in milliseconds: past it there is no limit. */
const longestTimer = 2 ** 31 - 1

const time: Time = {
  after: (millis, wake) => {
    if (millis > longestTimer) return () => undefined
    const timer = setTimeout(wake, millis)
    return () => clearTimeout(timer)
  },
  random: Math.random
}

/** Throws an `UnauthorizedError` where there is no key, and a `BadRequestError` where the address is none. */
export const settingsOf = (options: InfernetOptions): Settings => {
  const apiKey = options.apiKey ?? environment("INFERNET_BEARER_TOKEN")
  if (apiKey === undefined) {
    throw new UnauthorizedError("unauthorized", "no API key: pass `apiKey`, or set INFERNET_BEARER_TOKEN")
  }
  const baseUrl = options.baseUrl ?? environment("INFERNET_CONTROL_PLANE") ?? "http://127.0.0.1:46337"
  if (!/^https?:\/\//i.test(baseUrl)) {
    const message = `baseUrl: expected an address that begins with http:// or https://, got ${baseUrl}`
    throw new BadRequestError("bad_request", message, { field: "baseUrl" })
  }
  // Not quoted: it stands in messages of errors, which end up in logs.
  if (/^https?:\/\/[^/?#]*@/i.test(baseUrl)) {
    const message = "baseUrl: leave the name and the password out of it, and send what a proxy wants as `headers`"
    throw new BadRequestError("bad_request", message, { field: "baseUrl" })
  }
  return {
    // Called without an object before it: browsers refuse their own `fetch` as somebody else's method.
    fetch: options.fetch ?? ((url, init) => globalThis.fetch(url, init)),
    timeout: options.timeout ?? 30 * 60_000,
    idleTimeout: options.idleTimeout ?? 45_000,
    maxRetries: options.maxRetries ?? maxRetries,
    headers: options.headers ?? {},
    time: options.time ?? time,
    apiKey,
    baseUrl: baseUrl.replace(/\/+$/, "")
  }
}
