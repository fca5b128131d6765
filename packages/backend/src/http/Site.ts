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
        ...(site.apiKey && { authorization: `Bearer ${Redacted.value(site.apiKey)}` })
      },
      ...(body !== undefined && { body: JSON.stringify(body) }),
      redirect: "manual",
      // A cold model may load for many minutes before the first byte; whoever calls sets the deadline.
      timeout: false,
      // A proxy of the environment is for the outside world.
      ...(loopback.test(site.baseUrl) && { proxy: false })
    })
  } catch (cause) {
    if (signal.aborted) throw cause
    throw new BackendError({ fault: "backend_unreachable", message: `${site.name} does not answer: ${reason(cause)}` })
  }
  if (response.status < 300 || response.status >= 400) return response
  await response.body?.cancel()
  throw new BackendError({
    fault: "backend_error",
    message: `${site.name} answered with a redirect (${response.status}): configure the address it points to`
  })
}

/** As `send`, and a status of 400 or more is a `BackendError` with what the server said. */
export const sendOk = async (site: Site, path: string, call: Call): Promise<Response> => {
  const response = await send(site, path, call)
  if (response.ok) return response
  throw refusal(site, response.status, await boundedText(site, response, 64 << 10))
}

const decodeJson = (site: Site, path: string, text: string): unknown => {
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
    catch: (cause) =>
      cause instanceof BackendError
        ? cause
        : new BackendError({ fault: "backend_error", message: `${site.name} broke off its answer: ${reason(cause)}` })
  })

/** A small JSON answer, within two seconds. */
export const json = (site: Site, path: string, body?: unknown): Effect.Effect<unknown, BackendError> =>
  request(site, async (signal) => {
    const response = await sendOk(site, path, { signal, ...(body !== undefined && { method: "POST", body }) })
    return decodeJson(site, path, await boundedText(site, response, 8 << 20))
  }).pipe(
    Effect.timeoutOrElse({
      duration: patience,
      orElse: () =>
        Effect.fail(
          new BackendError({ fault: "timeout", message: `${site.name} took more than ${patience} to answer ${path}` })
        )
    })
  )

/** What a failed `fetch` says, without the address (Bun's messages carry none, but a cause might). */
const reason = (cause: unknown): string => {
  if (!(cause instanceof Error)) return "unknown failure"
  const code = "code" in cause && typeof cause.code === "string" ? cause.code : cause.name
  return reasons[code] ?? code
}

const reasons: Partial<Record<string, string>> = {
  ECONNREFUSED: "connection refused",
  ConnectionRefused: "connection refused",
  ECONNRESET: "connection closed",
  ConnectionClosed: "connection closed",
  ENOTFOUND: "host not found",
  EAI_AGAIN: "host not found"
}
