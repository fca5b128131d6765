/** Plays recorded answers to the adapters: whole, or cut into given chunks. */
import { readFileSync } from "node:fs"
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

const closedPort = (): never => {
  throw Object.assign(new TypeError("Unable to connect."), { code: "ECONNREFUSED" })
}

/** What a server says to a path that it does not have. */
export const noRoute = () => Response.json({ detail: "Not Found" }, { status: 404 })

/** A `fetch` that answers by path; whatever it was not given is `otherwise`, which is refused like a closed port. */
export const fakeFetch = (
  answers: Record<string, (request: Request) => Response | Promise<Response>>,
  otherwise: () => Response = closedPort
) => {
  const requests: Array<{ readonly path: string; readonly headers: Headers; readonly body: unknown }> = []
  const answer = async (input: string | URL | Request, init?: RequestInit) => {
    const request = new Request(input, init)
    const { pathname } = new URL(request.url)
    const body: unknown = request.method === "POST" ? await request.clone().json() : undefined
    requests.push({ path: pathname, headers: request.headers, body })
    return (answers[pathname] ?? otherwise)(request)
  }
  return { fetch: Object.assign(answer, { preconnect: () => undefined }) as typeof globalThis.fetch, requests }
}

type Answer = (request: Request) => Response | Promise<Response>

/**
 * An OpenAI-compatible server: it refuses the empty requests that ask what it can do, but for routes that answer them
 * `alike`, and has no other routes.
 */
export const openAiServer = (answers: Record<string, Answer>, alike: Record<string, Answer> = {}) => {
  const refusing = (answer: Answer) => async (request: Request) => {
    if (request.method === "POST" && (await request.clone().text()) === "{}") {
      return Response.json({ error: { message: "Field required" } }, { status: 400 })
    }
    return answer(request)
  }
  const { fetch, requests } = fakeFetch(
    { ...Object.fromEntries(Object.entries(answers).map(([path, answer]) => [path, refusing(answer)])), ...alike },
    noRoute
  )
  return {
    fetch,
    /** Those that want something. */
    asked: (path: string) =>
      requests.filter((request) => request.path === path && JSON.stringify(request.body) !== "{}")
  }
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

/** An answer of a real server as `curl -i` wrote it down: see `recordings/README.md`. */
export const recorded = (name: string) => {
  const whole = readFileSync(Bun.fileURLToPath(new URL(`./recordings/${name}.http`, import.meta.url)))
  const end = whole.indexOf("\r\n\r\n")
  const [, status = "", head = ""] = /^HTTP\/1.1 (\d+)([^]*)$/.exec(whole.subarray(0, end).toString()) ?? []
  const type = /^content-type: (.*)$/im.exec(head)?.[1] ?? ""
  const body = new Uint8Array(whole.subarray(end + 4))
  return { body, response: () => new Response(body, { status: Number(status), headers: { "content-type": type } }) }
}

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
