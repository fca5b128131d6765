/** A control plane that is only played: a `fetch` with a script, and time that the test owns. */
import { Infernet, type Time } from "../src/index.ts"

export const params = {
  model: "tiny",
  max_tokens: 10_000,
  messages: [{ role: "user", content: "hi" }]
} as const

/** Time in which waits between tries take none, and are kept; time-outs never come unless the test says so. */
export class TestTime implements Time {
  /** Milliseconds of each wait between tries. */
  readonly waits: Array<number> = []
  #watches = new Map<number, () => void>()

  readonly after = (millis: number, wake: () => void): (() => void) => {
    if (millis >= 45_000) {
      this.#watches.set(millis, wake)
      return () => void this.#watches.delete(millis)
    }
    this.waits.push(millis)
    let isOff = false
    queueMicrotask(() => isOff || wake())
    return () => (isOff = true)
  }

  readonly random = (): number => 0

  watches(millis: number): boolean {
    return this.#watches.has(millis)
  }

  /** Lets the time-out of so many milliseconds come. */
  expire(millis: number): void {
    const wake = this.#watches.get(millis)
    if (wake === undefined)
      throw new Error(`nothing waits for ${millis} ms, only for ${[...this.#watches.keys()].join()}`)
    wake()
  }

  /** How many time-outs are still set. */
  get pending(): number {
    return this.#watches.size
  }
}

export const collect = async <A>(stream: AsyncIterable<A>): Promise<ReadonlyArray<A>> => {
  const all: Array<A> = []
  for await (const one of stream) all.push(one)
  return all
}

export const json = (status: number, body: unknown, headers: Record<string, string> = {}): Response =>
  Response.json(body, { status, headers })

/** An event stream of the control plane's kind. */
export const sse = (text: string, job = "job_1"): Response =>
  new Response(text, { headers: { "content-type": "text/event-stream", "x-infernet-job": job } })

interface Asked {
  readonly method: string
  readonly path: string
  readonly headers: Headers
  readonly body: string | undefined
}

/** A `fetch` that gives one answer after the other, and keeps what it was asked. Past the last it fails. */
export const scripted = (
  ...answers: ReadonlyArray<Response | Error | ((signal: AbortSignal) => Promise<Response>)>
) => {
  const asked: Array<Asked> = []
  const fetch = async (url: string, init: RequestInit): Promise<Response> => {
    const { body, headers, method = "GET", signal } = init
    const { pathname, search } = new URL(url)
    const text = typeof body === "string" ? body : undefined
    asked.push({ method, path: pathname + search, headers: new Headers(headers), body: text })
    const answer = answers[asked.length - 1] ?? new Error(`the script has no answer to ${method} ${url}`)
    if (answer instanceof Error) throw answer
    return typeof answer === "function" ? answer(signal ?? new AbortController().signal) : answer
  }
  const time = new TestTime()
  return { asked, time, client: new Infernet({ apiKey: "inft_test", baseUrl: "http://plane", fetch, time }) }
}
