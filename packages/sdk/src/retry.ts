/** The documented rule of retries, as plain decisions: what is worth another try, when, and as the same job or a new one. */

/** Times that a request is sent again, unless set otherwise. */
export const maxRetries = 3

/** Asked to wait longer than this, in seconds, a client gives the error at once instead. */
export const longestWait = 60

/**
 * Milliseconds before try number `failures` + 1: what `Retry-After` says, else 1 s, doubled each time up to 30 s and
 * spread by up to a quarter, so that clients cut off together do not come back together. `random` is in [0, 1).
 */
export const delay = (failures: number, retryAfter: number | undefined, random: number): number =>
  retryAfter === undefined ? Math.min(1000 * 2 ** (failures - 1), 30_000) * (1 + random / 4) : retryAfter * 1000

const retryable = new Set([
  "rate_limited",
  "no_capacity",
  "internal_error",
  "node_disconnected",
  "timeout",
  "backend_error",
  "connection_failed",
  "stream_cut"
])

/** Whether the same request may go well another time; an answer that is not the control plane's is judged by its status. */
export const isRetryable = (code: string, status = 0): boolean =>
  retryable.has(code) || (code === "unexpected_response" && (status === 429 || status >= 500))

const ended = new Set(["no_capacity", "node_disconnected", "timeout", "backend_error"])

/**
 * Whether an error tells that no job runs under its idempotency key any more, nor will. Asking again with that key would
 * only repeat the error, so another try needs a new one. After any other error the job may be there, and the key stays.
 */
export const isOver = (code: string): boolean => ended.has(code)

/** Seconds from a `Retry-After` header; none where it is absent or a date. */
export const retryAfterOf = (header: string | null | undefined): number | undefined =>
  header !== null && header !== undefined && /^\d{1,9}$/.test(header) ? Number(header) : undefined
