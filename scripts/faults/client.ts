/** A client: submits jobs, reads their streams to the byte, and comes back with the last number it has when it is cut. */
import { model, type World } from "./World.ts"

export interface Ask {
  readonly tokens: number
  /** Milliseconds between tokens, and before the first. */
  readonly gap?: number
  readonly delay?: number
  /** Characters of a token. */
  readonly size?: number
}

export const bodyOf = ({ delay = 0, gap = 0, size = 0, tokens }: Ask, more: object = {}) => ({
  model,
  max_tokens: tokens,
  messages: [{ role: "user", content: `gap ${gap} delay ${delay} size ${size}` }],
  ...more
})

const word = (n: number, size: number) => `w${n} `.padEnd(size, "x")

/** The stream that such a job has, uncut. */
export const streamOf = ({ size = 0, tokens }: Ask): string =>
  Array.from({ length: tokens }, (_, n) => `id: ${n + 1}\ndata: {"text":"${word(n, size)}"}\n\n`).join("") +
  "data: [DONE]\n\n"

export const post = (world: World, path: string, json: unknown, init: RequestInit = {}): Promise<Response> =>
  world.fetch(path, {
    method: "POST",
    body: JSON.stringify(json),
    ...init,
    headers: { "content-type": "application/json" }
  })

/** Submits a job; its id, once the control plane has promised it. */
export const submit = async (world: World, ask: Ask): Promise<string> => {
  const response = await post(world, "/api/v1/jobs", bodyOf(ask))
  if (response.status !== 202) throw new Error(`a submission was answered ${response.status} ${await response.text()}`)
  return ((await response.json()) as { id: string }).id
}

export interface JobSeen {
  readonly status: string
  readonly error?: string
  readonly node_id?: string
  readonly attempts: ReadonlyArray<{ readonly outcome: string | null; readonly node_id: string }>
  readonly result?: { readonly content: string; readonly usage: { readonly completion_tokens: number } }
}

export const jobOf = async (world: World, id: string): Promise<JobSeen> =>
  (await (await world.fetch(`/api/v1/jobs/${id}`)).json()) as JobSeen

const isFrame = (frame: string) => /^(id|data):/.test(frame)
const isLast = (frame: string) => frame === "data: [DONE]" || frame.startsWith(`data: {"error"`)

/** The whole frames of a piece of a stream, comments left out. */
export const framesOf = (text: string): ReadonlyArray<string> => text.split("\n\n").slice(0, -1).filter(isFrame)

/** What of a stream has arrived so far, over any number of connections. */
export class Reading {
  readonly frames: Array<string> = []
  /** Connections that ended before the stream did. */
  cuts = 0
  /** The answer instead of a stream: a job that failed without a word is told by its status. */
  refusal = ""

  get text(): string {
    return this.frames.map((frame) => `${frame}\n\n`).join("") + this.refusal
  }

  get ended(): boolean {
    return this.refusal !== "" || isLast(this.frames.at(-1) ?? "")
  }

  /** The number of the last event. */
  get last(): number {
    return Number(/^id: (\d+)/.exec(this.frames.findLast((frame) => frame.startsWith("id:")) ?? "")?.[1] ?? 0)
  }
}

interface Follow {
  /** After how many bytes a connection is cut; uncut when there is no number. */
  readonly cutAfter?: () => number | undefined
  readonly by?: "header" | "query"
  readonly reading?: Reading
}

const connect = async (
  world: World,
  id: string,
  reading: Reading,
  { by = "header", cutAfter }: Follow,
  controller: AbortController
) => {
  const limit = cutAfter?.() ?? Infinity
  const path = `/api/v1/jobs/${id}/stream`
  const { last } = reading
  const response = await world.fetch(by === "query" && last > 0 ? `${path}?after=${last}` : path, {
    signal: controller.signal,
    headers: by === "header" && last > 0 ? { "last-event-id": String(last) } : {}
  })
  if (response.status === 503) throw new Error("not yet")
  if (response.body === null || !response.ok) {
    reading.refusal = `${response.status} ${await response.text()}`
    return
  }
  const decoder = new TextDecoder()
  let text = ""
  let bytes = 0
  for await (const part of response.body) {
    const kept = part.subarray(0, limit - bytes)
    bytes += kept.length
    text += decoder.decode(kept, { stream: true })
    const whole = text.lastIndexOf("\n\n") + 2
    if (whole > 1) reading.frames.push(...framesOf(text.slice(0, whole)))
    if (whole > 1) text = text.slice(whole)
    if (bytes >= limit) controller.abort()
  }
}

/** Reads a job's stream to its last event, from where it was whenever it is cut. */
export const follow = async (world: World, id: string, options: Follow = {}): Promise<Reading> => {
  const reading = options.reading ?? new Reading()
  while (!reading.ended) {
    const controller = new AbortController()
    try {
      await connect(world, id, reading, options, controller)
    } catch {
      // Refused, reset or 503: the control plane is away for a moment.
      if (!controller.signal.aborted) await Bun.sleep(50)
    }
    if (!reading.ended) reading.cuts += 1
  }
  return reading
}
