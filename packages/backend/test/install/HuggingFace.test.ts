import { expect, test } from "bun:test"
import { it } from "@infernet/testing/harness"
import { ConfigProvider, Effect, Layer } from "effect"
import { choose, HuggingFace } from "../../src/install/HuggingFace.ts"
import { hub } from "./hub.ts"

const sum = "a".repeat(64)
const entry = (path: string, size = 1000) => ({
  type: "file",
  path,
  size,
  oid: "0123",
  lfs: { oid: sum, size, pointerSize: 134 }
})

const world = Effect.fnUntraced(function* (environment: Record<string, string> = {}) {
  const server = yield* hub
  const context = yield* Layer.build(
    HuggingFace.layer.pipe(
      Layer.provide(
        ConfigProvider.layer(ConfigProvider.fromUnknown({ HF_ENDPOINT: `${server.origin}/hf/`, ...environment }))
      )
    )
  )
  const huggingFace = yield* HuggingFace.pipe(Effect.provideContext(context))
  const serve = (repository: string, answer: () => Response) =>
    server.answers.set(`/hf/api/models/${repository}/tree/main`, answer)
  return { ...server, huggingFace, serve }
})

it.live("lists the models of a repository with their checksums, over all its pages", () =>
  Effect.gen(function* () {
    const { answers, asked, huggingFace, origin, serve } = yield* world({ HF_TOKEN: "secret" })
    serve("org/fox", () =>
      Response.json(
        [
          { type: "directory", path: "sub", size: 0 },
          { type: "file", path: "README.md", size: 12, oid: "0123" },
          entry("fox-Q4_K_M.gguf")
        ],
        { headers: { link: `<${origin}/more?cursor=1>; rel="next"` } }
      )
    )
    answers.set("/more", () => Response.json([entry("sub/fox-f16.GGUF", 5), entry("mmproj-fox-f16.gguf")]))
    expect(yield* huggingFace.files("org/fox")).toEqual([
      { path: "fox-Q4_K_M.gguf", bytes: 1000, sha256: sum },
      { path: "sub/fox-f16.GGUF", bytes: 5, sha256: sum }
    ])
    expect(asked.map(({ headers, path }) => [path, headers.get("authorization")])).toEqual([
      ["/hf/api/models/org/fox/tree/main?recursive=true", "Bearer secret"],
      ["/more?cursor=1", "Bearer secret"]
    ])
    const url = huggingFace.url("org/fox", "sub dir/fox#1.gguf")
    expect(url.href).toBe(`${origin}/hf/org/fox/resolve/main/sub%20dir/fox%231.gguf`)
  })
)

it.live("chooses no file whose name leads elsewhere or drives a terminal, and believes no size below nothing", () =>
  Effect.gen(function* () {
    const { huggingFace, serve } = yield* world()
    serve("org/evil", () =>
      Response.json([entry("../../etc/fox.gguf", 1), entry("fox\u001b[31m.gguf", 2), entry("fox.gguf", 3)])
    )
    serve("org/less", () => Response.json([entry("fox.gguf", -5)]))
    expect((yield* huggingFace.choose("org/evil")).file.path).toBe("fox.gguf")
    expect(yield* failure(huggingFace.choose("org/less"))).toContain("check HF_ENDPOINT")
  })
)

const failure = (effect: Effect.Effect<unknown, { readonly reason: string; readonly message: string }>) =>
  Effect.map(Effect.flip(effect), ({ message, reason }) => `${reason}: ${message}`)

it.live("says what is wrong with a repository or a file, and what to do", () =>
  Effect.gen(function* () {
    const { asked, huggingFace, serve } = yield* world()
    serve("org/gone", () => new Response("", { status: 401 }))
    serve("org/gated", () => new Response("", { status: 403 }))
    serve("org/busy", () => new Response("", { status: 503 }))
    serve("org/page", () => new Response("<html>"))
    serve("org/fox", () => Response.json([entry("fox-Q4_K_M.gguf")]))
    serve("org/split", () => Response.json([entry("fox-00001-of-00002.gguf"), entry("fox-00002-of-00002.gguf")]))
    expect(yield* failure(huggingFace.files("org/gone"))).toContain("not_found: 127.0.0.1")
    expect(yield* failure(huggingFace.files("org/gated"))).toContain("not_allowed: ")
    expect(yield* failure(huggingFace.files("org/busy"))).toContain("unreachable: ")
    expect(yield* failure(huggingFace.files("org/page"))).toContain("check HF_ENDPOINT")
    expect(yield* failure(huggingFace.file("org/fox", "owl.gguf"))).toBe(
      'not_found: "org/fox" has no file "owl.gguf"; it has fox-Q4_K_M.gguf'
    )
    expect(yield* failure(huggingFace.choose("org/split"))).toContain("in several files each")
    const before = asked.length
    for (const name of ["../../admin", "org", "org/..", "org/a?b", "/x/y"]) {
      expect(yield* failure(huggingFace.files(name))).toContain("expected org/name")
    }
    expect(asked.length).toBe(before)
  })
)

const chosen = (...paths: ReadonlyArray<string>) => {
  const choice = choose(paths.map((path, index) => ({ path, bytes: 1000 - index, sha256: undefined })))
  return choice === undefined ? undefined : `${choice.file.path}: ${choice.why}`
}

test("takes Q4_K_M where there is one, else what is nearest to it", () => {
  expect(chosen("x-Q8_0.gguf", "x-Q4_K_M.gguf", "x-Q2_K.gguf")).toBe("x-Q4_K_M.gguf: Q4_K_M, of 3 files")
  expect(chosen("x-Q8_0.gguf", "x-f16.gguf")).toBe("x-Q8_0.gguf: Q8_0, of 2 files")
  expect(chosen("x-big.gguf", "x-small.gguf")).toBe("x-small.gguf: the smallest of 2 files")
  expect(chosen("x.gguf")).toBe("x.gguf: the only file there is")
  expect(chosen("x-q4_k_m-00001-of-00002.gguf")).toBeUndefined()
})
