/** Plays recorded answers to the adapters: whole, or cut into given chunks. */
import type { ChatRequest } from "@infernet/contract/Chat"
import type { RecordKind } from "@infernet/contract/LinkRecord"
import { Cause, Effect, Exit } from "effect"
import type { BackendError, Completion, Emit } from "../src/Backend.ts"
import { type Consumer, consume } from "../src/http/body.ts"
import type { Site } from "../src/http/Site.ts"

export const ask = (text: string, more: Partial<ChatRequest> = {}): ChatRequest => ({
  model: "tiny-demo",
  messages: [{ role: "user", content: text }],
  max_tokens: 64,
  temperature: 0,
  ...more
})

/** An `emit` that keeps what it was given. */
export const collector = () => {
  const records: Array<readonly [RecordKind, string]> = []
  const emit: Emit = (kind, text) => {
    records.push([kind, text])
    return undefined
  }
  const text = () => records.flatMap(([kind, text]) => (kind === "text" ? [text] : [])).join("")
  return { records, emit, text }
}

/** A `fetch` that answers by path; whatever it was not given is refused like a closed port. */
export const fakeFetch = (answers: Record<string, (request: Request) => Response | Promise<Response>>) => {
  const requests: Array<{ readonly path: string; readonly headers: Headers; readonly body: unknown }> = []
  const answer = async (input: string | URL | Request, init?: RequestInit) => {
    const request = new Request(input, init)
    const { pathname } = new URL(request.url)
    const body: unknown = request.method === "POST" ? await request.clone().json() : undefined
    requests.push({ path: pathname, headers: request.headers, body })
    const found = answers[pathname]
    if (found === undefined) throw Object.assign(new TypeError("Unable to connect."), { code: "ECONNREFUSED" })
    return found(request)
  }
  return { fetch: Object.assign(answer, { preconnect: () => undefined }) as typeof globalThis.fetch, requests }
}

export const site = (fetch: typeof globalThis.fetch = globalThis.fetch): Site => ({
  kind: "llamacpp",
  name: "llama.cpp",
  baseUrl: "http://127.0.0.1:9",
  apiKey: undefined,
  apiKeyVariable: "LLAMACPP_API_KEY",
  fetch
})

export const eventStream = (body: BodyInit) => new Response(body, { headers: { "content-type": "text/event-stream" } })

export const body = (chunks: ReadonlyArray<Uint8Array>) =>
  new Response(
    new ReadableStream<Uint8Array>({
      start: (controller) => {
        for (const chunk of chunks) controller.enqueue(chunk)
        controller.close()
      }
    })
  )

/** Plays the chunks to a consumer of this recording; gives what came out and how it ended. */
export const play = async (
  chunks: ReadonlyArray<Uint8Array>,
  make: (site: Site, emit: Emit) => Consumer<Completion>
) => {
  const { emit, records } = collector()
  const end = await consume(site(), body(chunks), make(site(), emit))
  return { records, end }
}

export const bytes = (text: string) => new TextEncoder().encode(text)

/** The error of an effect that must fail with one. */
export const failure = <A>(effect: Effect.Effect<A, BackendError>): Effect.Effect<BackendError> =>
  Effect.flip(effect).pipe(Effect.catch((value) => Effect.die(new Error(`succeeded with ${JSON.stringify(value)}`))))

export const isInterrupted = (exit: Exit.Exit<unknown, unknown>) =>
  Exit.isFailure(exit) && Cause.hasInterruptsOnly(exit.cause)
