/** Where a backend answers and how to call it: one `fetch` with our limits, every failure a `BackendError`. */
import type { BackendKind } from "@infernet/contract/Node"
import { Effect, Redacted } from "effect"
import { BackendError } from "../Backend.ts"
import { boundedText } from "./body.ts"
import { refusal } from "./refusal.ts"

export interface Site {
  readonly kind: BackendKind
  /** For messages: "llama.cpp", "Ollama". */
  readonly name: string
  /** Without a trailing slash and without `/v1`. */
  readonly baseUrl: string
  readonly apiKey: Redacted.Redacted | undefined
  /** The variable that the operator would set the key in; named when the server refuses us. */
  readonly apiKeyVariable: string
  readonly fetch: typeof globalThis.fetch
}

interface Call {
  readonly method?: "GET" | "POST" | "DELETE"
  readonly body?: unknown
  readonly signal: AbortSignal
}

const loopback = /^https?:\/\/(localhost|127\.|\[::1\])/i

/** Sends one request; the answer's status may be anything but a redirect. Throws `BackendError`. */
export const send = async (site: Site, path: string, { body, method = "GET", signal }: Call): Promise<Response> => {
  let response: Response
  try {
    response = await site.fetch(`${site.baseUrl}${path}`, {
      method,
      signal,
      // llama-swap answers 404 without it, also where nobody else asks for one.
      headers: {
        "content-type": "application/json",
        // A compressed answer could be a thousand times what it looks like: every limit of ours counts plain bytes.
        "accept-encoding": "identity",
        ...(site.apiKey && { authorization: `Bearer ${Redacted.value(site.apiKey)}` })
      },
      ...(body !== undefined && { body: JSON.stringify(body) }),
      redirect: "manual",
      decompress: false,
      // A connection of its own: llama-server closes those that it has kept open whenever it likes, and a chat that is
      // just being sent over one would fail. On a machine's own loopback another one costs a tenth of a millisecond.
      keepalive: false,
      // A cold model may load for many minutes before the first byte; whoever calls sets the deadline.
      timeout: false,
      // A proxy of the environment is for the outside world.
      ...(loopback.test(site.baseUrl) && { proxy: false })
    })
  } catch (cause) {
    if (signal.aborted) throw cause
    throw new BackendError({ fault: "backend_unreachable", message: `${site.name} does not answer: ${reason(cause)}` })
  }
  const odd = oddity(response)
  if (odd === undefined) return response
  await response.body?.cancel()
  throw new BackendError({ fault: "backend_error", message: `${site.name} answered ${odd}` })
}

/** What makes an answer unreadable before its body is looked at. */
const oddity = (response: Response): string | undefined => {
  if (response.status >= 300 && response.status < 400) {
    return `with a redirect (${response.status}): configure the address it points to`
  }
  const encoding = response.headers.get("content-encoding")
  if (encoding === null || encoding === "identity") return undefined
  return `with "${encoding.slice(0, 64)}" encoding, which it was asked not to use`
}

/** As `send`, and a status of 400 or more is a `BackendError` with what the server said. */
export const sendOk = async (site: Site, path: string, call: Call): Promise<Response> => {
  const response = await send(site, path, call)
  if (response.ok) return response
  throw refusal(site, response.status, await boundedText(site, response, 64 << 10))
}

export const decodeJson = (site: Site, path: string, text: string): unknown => {
  try {
    return JSON.parse(text)
  } catch {
    throw new BackendError({ fault: "backend_error", message: `${site.name} answered ${path} with something but JSON` })
  }
}

/** How long a server may take to say what it is or what it serves. */
export const patience = "2 seconds"

/** Runs a request under interruption; what is not a `BackendError` already becomes one. */
export const request = <A>(site: Site, run: (signal: AbortSignal) => Promise<A>): Effect.Effect<A, BackendError> =>
  Effect.tryPromise({
    try: run,
    catch: broken(site)
  })

const broken =
  (site: Site) =>
  (cause: unknown): BackendError =>
    cause instanceof BackendError
      ? cause
      : new BackendError({ fault: "backend_error", message: `${site.name} broke off its answer: ${reason(cause)}` })

/** How long a server may take that is known already: one under load answers slowly, and is not gone for that. */
export const patienceUnderLoad = "6 seconds"

/** A small text answer, in time. */
export const text = (
  site: Site,
  path: string,
  body?: unknown,
  time: typeof patience | typeof patienceUnderLoad = patience
): Effect.Effect<string, BackendError> =>
  request(site, async (signal) => {
    const response = await sendOk(site, path, { signal, ...(body !== undefined && { method: "POST", body }) })
    return boundedText(site, response, 8 << 20)
  }).pipe(
    Effect.timeoutOrElse({
      duration: time,
      orElse: () =>
        Effect.fail(
          new BackendError({ fault: "timeout", message: `${site.name} took more than ${time} to answer ${path}` })
        )
    })
  )

/** As `text`, and it must be JSON. */
export const json = (
  site: Site,
  path: string,
  body?: unknown,
  time?: typeof patienceUnderLoad
): Effect.Effect<unknown, BackendError> =>
  text(site, path, body, time).pipe(
    Effect.flatMap((answer) => Effect.try({ try: () => decodeJson(site, path, answer), catch: broken(site) }))
  )

/** What a failed `fetch` says, without the address (Bun's messages carry none, but a cause might). */
export const reason = (cause: unknown): string => {
  if (!(cause instanceof Error)) return "unknown failure"
  const code = "code" in cause && typeof cause.code === "string" ? cause.code : cause.name
  return reasons[code] ?? code
}

const reasons: Partial<Record<string, string>> = {
  ECONNREFUSED: "connection refused",
  ConnectionRefused: "connection refused",
  ECONNRESET: "connection closed",
  ConnectionClosed: "connection closed",
  Malformed_HTTP_Response: "what answers does not speak HTTP",
  ResponseHeadersTooLarge: "its headers are too long",
  ENOTFOUND: "host not found",
  EAI_AGAIN: "host not found"
}
