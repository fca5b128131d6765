import * as ControlPlane from "@infernet/control-plane/ControlPlane"
import * as dashboard from "@infernet/control-plane/dashboard/routes"
import * as access from "@infernet/control-plane/http/access"
import { Settings } from "@infernet/control-plane/Settings"
import * as BunHttp from "@infernet/platform/BunHttp"
import { it } from "@infernet/testing/harness"
import { expect } from "bun:test"
import { Context, Effect, FileSystem, Layer } from "effect"
import { SecureRandom } from "effect/crypto"
import { HttpServer } from "effect/http"
import { brotliCompressSync, brotliDecompressSync, gzipSync } from "node:zlib"
import { settings } from "../world.ts"

const script = "console.log('hi')".repeat(100)

/** An answer's bytes as they came. */
const asIs = (url: string, headers: Record<string, string>) => fetch(url, { headers, decompress: false })

/** What Vite leaves, in small, served as the control plane does. */
const served = Effect.gen(function* () {
  const http = yield* Layer.build(Layer.fresh(BunHttp.layer({ port: 0 })))
  const fs = Context.get(http, FileSystem.FileSystem)
  const folder = yield* fs.makeTempDirectoryScoped()
  yield* fs.makeDirectory(`${folder}/assets`)
  yield* fs.writeFileString(`${folder}/index.html`, "<!doctype html><title>dashboard</title>")
  yield* fs.writeFileString(`${folder}/assets/index-1a.js`, script)
  yield* fs.writeFile(`${folder}/assets/index-1a.js.br`, brotliCompressSync(script))
  yield* fs.writeFile(`${folder}/assets/index-1a.js.gz`, gzipSync(script))
  yield* fs.writeFileString(`${folder}/assets/index-1a.js.map`, "{}")
  const routes = Layer.merge(dashboard.layer(folder), access.layer).pipe(
    Layer.provide([Layer.succeed(Settings, settings), SecureRandom.layerWebCrypto])
  )
  yield* Layer.build(Layer.fresh(ControlPlane.serve(routes).pipe(Layer.provide(Layer.succeedContext(http)))))
  const { address } = Context.get(http, HttpServer.HttpServer)
  const port = "port" in address ? address.port : 0
  return (path: string, headers: Record<string, string> = {}) =>
    Effect.promise(() => asIs(`http://127.0.0.1:${port}${path}`, headers))
})

const page = { accept: "text/html,application/xhtml+xml,*/*;q=0.8" }

it.live("a browser gets the page under any address of it, which may load nothing from elsewhere", () =>
  Effect.gen(function* () {
    const get = yield* served
    for (const path of ["/", "/models", "/jobs/job_01", "/index.html", "/models/a%20b.gguf"]) {
      const answer = yield* get(path, page)
      expect([path, answer.status, answer.headers.get("content-type")]).toEqual([path, 200, "text/html; charset=utf-8"])
      const policy = answer.headers.get("content-security-policy") ?? ""
      expect(policy).toContain("default-src 'none'")
      expect(policy).toContain("img-src 'self' data:")
      expect(policy).not.toMatch(/unsafe|https?:|\*/)
      expect(answer.headers.get("access-control-allow-origin")).toBeNull()
      expect(answer.headers.get("cache-control")).toBe("no-cache")
    }
  })
)

it.live("a program that mistypes a path is told so as before, whatever it accepts", () =>
  Effect.gen(function* () {
    const get = yield* served
    const asked = [
      yield* get("/api/v1/jobz", page),
      yield* get("//API/v1/jobz", page),
      yield* get("/v1/chat", page),
      yield* get("/models", { accept: "*/*" })
    ]
    for (const answer of asked) {
      const body = yield* Effect.promise(() => answer.json())
      expect([answer.status, body.error.code ?? body.error]).toEqual([404, "not_found"])
    }
  })
)

it.live("a file is sent in the smallest form that the browser takes, and not again while it is the same", () =>
  Effect.gen(function* () {
    const get = yield* served
    const take = (accepted: string) =>
      Effect.flatMap(get("/assets/index-1a.js", { "accept-encoding": accepted }), (answer) =>
        Effect.map(
          Effect.promise(() => answer.bytes()),
          (bytes) => ({ answer, bytes, encoding: answer.headers.get("content-encoding") })
        )
      )
    const brotli = yield* take("gzip, deflate, br")
    expect(brotli.encoding).toBe("br")
    expect(brotliDecompressSync(brotli.bytes).toString()).toBe(script)
    expect((yield* take("gzip, br;q=0")).encoding).toBe("gzip")
    const plain = yield* take("identity")
    expect([plain.encoding, new TextDecoder().decode(plain.bytes)]).toEqual([null, script])
    expect(plain.answer.headers.get("cache-control")).toContain("immutable")
    expect(plain.answer.headers.get("vary")).toBe("accept-encoding")

    const etag = plain.answer.headers.get("etag") ?? ""
    const again = yield* get("/assets/index-1a.js", { "if-none-match": etag })
    expect([again.status, (yield* Effect.promise(() => again.bytes())).length]).toEqual([304, 0])
  })
)

it.live("nothing but the files that belong to the page can be had", () =>
  Effect.gen(function* () {
    const get = yield* served
    const paths = ["/assets/index-1a.js.map", "/assets/index-1a.js.br", "/assets/../../etc/passwd", "/assets/%2e%2e/x"]
    for (const path of paths) expect((yield* get(path, { accept: "*/*" })).status).toBe(404)
  })
)
