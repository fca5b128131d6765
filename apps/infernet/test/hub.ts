/** A Hugging Face of one repository with one small model, which gives its file as slowly or as wrong as a test wants. */
import { Effect } from "effect"

const model = Bun.fileURLToPath(new URL("../../../packages/backend/assets/tiny-demo-q8_0.gguf", import.meta.url))

/** What comes instead of the file: a web page, or another file of its size. */
export type Slip = "page" | "other"

export interface Hub {
  readonly url: string
  /** The file flows from now on; until then only its first half has come. */
  readonly release: () => void
  /** Downloads that begin from now on go wrong like this; no more where nothing is given. */
  readonly slip: (slip?: Slip) => void
  /** At which byte each download began. */
  readonly begun: ReadonlyArray<number>
}

/** `org/tiny` with `tiny-Q8_0.gguf`, until the scope closes. */
export const hub = Effect.gen(function* () {
  const bytes = yield* Effect.promise(() => Bun.file(model).bytes())
  const sha256 = new Bun.CryptoHasher("sha256").update(bytes).digest("hex")
  const begun: Array<number> = []
  let slip: Slip | undefined
  const half = Math.floor(bytes.length / 2)
  const { promise, resolve } = Promise.withResolvers<void>()
  const listed = [
    { type: "file", path: "tiny-Q8_0.gguf", size: bytes.length, lfs: { oid: sha256, size: bytes.length } },
    { type: "file", path: "vast-F16.gguf", size: 9e15, lfs: { oid: sha256, size: 9e15 } }
  ]

  const from = (start: number) =>
    new ReadableStream<Uint8Array>({
      start: async (controller) => {
        if (start < half) controller.enqueue(bytes.slice(start, half))
        await promise
        try {
          controller.enqueue(bytes.slice(Math.max(start, half)))
          controller.close()
        } catch {
          // Its reader has left.
        }
      }
    })

  const server = yield* Effect.acquireRelease(
    Effect.sync(() =>
      Bun.serve({
        port: 0,
        hostname: "127.0.0.1",
        idleTimeout: 0,
        fetch: (request) => {
          const { pathname } = new URL(request.url)
          if (pathname === "/api/models/org/tiny/tree/main") return Response.json(listed)
          if (pathname !== "/org/tiny/resolve/main/tiny-Q8_0.gguf") return new Response("no", { status: 404 })
          const start = Number(/^bytes=(\d+)-$/.exec(request.headers.get("range") ?? "")?.[1] ?? 0)
          begun.push(start)
          if (slip === "page")
            return new Response("<html>Please log in</html>", { headers: { "content-type": "text/html" } })
          if (slip === "other") return new Response(bytes.toReversed().with(0, 71).with(1, 71).with(2, 85).with(3, 70))
          const headers = {
            etag: `"${sha256}"`,
            "content-length": String(bytes.length - start),
            "content-range": `bytes ${start}-${bytes.length - 1}/${bytes.length}`
          }
          return new Response(from(start), { status: start > 0 ? 206 : 200, headers })
        }
      })
    ),
    (server) => Effect.promise(() => server.stop(true))
  )
  return {
    url: `http://127.0.0.1:${server.port}`,
    release: resolve,
    begun,
    slip: (next) => void (slip = next)
  } satisfies Hub as Hub
})
