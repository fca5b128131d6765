/** A server on loopback that tests fill: files with ranges and ETags, answers by hand, and what was asked of it. */
import { createHash } from "node:crypto"
import { Effect } from "effect"

type Answer = (request: Request) => Response | Promise<Response>

export const sha256 = (bytes: Uint8Array) => createHash("sha256").update(bytes).digest("hex")

/** Serves these bytes, or the rest of them where the request holds the ETag. */
export const file =
  (content: Uint8Array<ArrayBuffer>, etag = `"${sha256(content)}"`): Answer =>
  (request) => {
    const [, start] = /^bytes=(\d+)-$/.exec(request.headers.get("range") ?? "") ?? []
    const from = start === undefined || request.headers.get("if-range") !== etag ? 0 : Number(start)
    const range = { "content-range": `bytes ${from}-${content.length - 1}/${content.length}` }
    return new Response(content.slice(from), {
      status: from === 0 ? 200 : 206,
      headers: { etag, ...(from > 0 && range) }
    })
  }

/** Says that there are `total` bytes, sends these, then breaks the connection off or says nothing more. */
export const stopping = (content: Uint8Array, total: number, how: "break" | "silence", etag = '"e"'): Answer => {
  return () => {
    const body = new ReadableStream<Uint8Array>({
      start: (controller) => controller.enqueue(content),
      pull: (controller) => {
        if (how === "break") controller.close()
        return how === "silence" ? new Promise<void>(() => undefined) : undefined
      }
    })
    return new Response(body, { headers: { etag, "content-length": String(total) } })
  }
}

export const hub = Effect.gen(function* () {
  const answers = new Map<string, Answer>()
  const asked: Array<{ readonly path: string; readonly headers: Headers }> = []
  const server = yield* Effect.acquireRelease(
    Effect.sync(() =>
      Bun.serve({
        port: 0,
        hostname: "127.0.0.1",
        fetch: (request) => {
          const { pathname, search } = new URL(request.url)
          // A copy: a request's own headers are gone once it is answered.
          asked.push({ path: `${pathname}${search}`, headers: new Headers(request.headers) })
          return answers.get(pathname)?.(request) ?? new Response("nothing here", { status: 404 })
        }
      })
    ),
    (server) => Effect.promise(() => server.stop(true))
  )
  const origin = `http://127.0.0.1:${server.port}`
  return { origin, answers, asked, at: (path: string) => new URL(path, origin) }
})
