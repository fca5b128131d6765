/** What an example of a request is. Its answer is not written by hand: `answers.json` holds what a network answered. */

/** One request as somebody would send it. Credentials are added by whoever sends it. */
export interface Example {
  readonly path?: Readonly<Record<string, string>>
  readonly query?: Readonly<Record<string, string>>
  readonly headers?: Readonly<Record<string, string>>
  /** Sent as JSON. */
  readonly body?: unknown
}

/** By operation (`jobs.submit`), then by a word or two that say which of its examples it is. */
export type Examples = Readonly<Record<string, Readonly<Record<string, Example>>>>

/** What came back. A stream is text, everything else JSON; no body is null. */
export interface Answer {
  readonly status: number
  readonly type: string | null
  readonly body: unknown
}

export type Answers = Readonly<Record<string, Readonly<Record<string, Answer>>>>
