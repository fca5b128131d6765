/** Opens a download: follows redirects by our rule, and sends the token to nobody but the host it is for. */
import { Redacted } from "effect"
import { InstallError } from "./Install.ts"
import { isLoopback, objection } from "./redirect.ts"

const redirectsAllowed = 5

export interface Opened {
  readonly response: Response
  /** Who answered in the end. */
  readonly host: string
}

/** The status is any but a redirect. Rejects with `InstallError`. */
export const open = async (
  fetch: typeof globalThis.fetch,
  start: URL,
  headers: Readonly<Record<string, string>>,
  authorization: Redacted.Redacted | undefined,
  signal: AbortSignal
): Promise<Opened> => {
  let at = start
  for (let hop = 0; hop <= redirectsAllowed; hop++) {
    const response = await fetch(at, {
      headers: {
        ...headers,
        // Ranges and lengths are of the file itself.
        "accept-encoding": "identity",
        ...(authorization && at.origin === start.origin && { authorization: `Bearer ${Redacted.value(authorization)}` })
      },
      redirect: "manual",
      signal,
      decompress: false,
      // A large file takes hours; a stalled one is noticed by its reader.
      timeout: false,
      // A proxy of the environment is for the outside world.
      ...(isLoopback(at.hostname) && { proxy: false })
    })
    if (response.status < 300 || response.status >= 400 || response.status === 304) return { response, host: at.host }
    await response.body?.cancel()
    const to = URL.parse(response.headers.get("location") ?? "", at)
    if (to === null) {
      throw new InstallError({ reason: "failed", message: `${at.host} redirects to nowhere (${response.status})` })
    }
    const why = objection(start, at, to)
    if (why !== undefined) throw new InstallError({ reason: "not_allowed", message: `${at.host} redirects ${why}` })
    at = to
  }
  throw new InstallError({
    reason: "failed",
    message: `${start.host} redirects more than ${redirectsAllowed} times`
  })
}

/** What a `fetch` that failed says. */
export const unreachable = (host: string, cause: unknown): InstallError => {
  if (cause instanceof InstallError) return cause
  const code =
    cause instanceof Error ? ("code" in cause && typeof cause.code === "string" ? cause.code : cause.name) : ""
  return new InstallError({
    reason: "unreachable",
    message: `${host} cannot be reached (${code || "unknown failure"})`
  })
}

/** A small answer as text; rejects when it is over the limit. */
export const text = async (response: Response, limit: number): Promise<string> => {
  const utf8 = new TextDecoder()
  let text = ""
  let bytes = 0
  for await (const piece of response.body ?? []) {
    bytes += piece.length
    if (bytes > limit) throw new InstallError({ reason: "failed", message: `an answer of more than ${limit} bytes` })
    text += utf8.decode(piece, { stream: true })
  }
  return text + utf8.decode()
}
