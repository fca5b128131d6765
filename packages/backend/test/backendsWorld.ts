/** A machine for tests of what watches its backends: servers that are plugged in and out, and an engine. */
import type { ModelOffer } from "@infernet/contract/Node"
import { ConfigProvider, Deferred, Effect, FileSystem, Layer, Queue, Stream } from "effect"
import { FetchHttpClient } from "effect/http"
import { Backends } from "../src/Backends.ts"
import { layerNoDeps } from "../src/BackendsProbed.ts"
import { chatOnly } from "../src/chatOnly.ts"
import { EmbeddedEngine } from "../src/embedded/EmbeddedEngine.ts"
import { ModelFiles } from "../src/install/ModelFiles.ts"
import { eventStream } from "./replay.ts"
import { surroundings } from "./surroundings.ts"

const refused = () => {
  throw Object.assign(new TypeError("Unable to connect."), { code: "ECONNREFUSED" })
}
const ok = 'data: {"choices":[{"delta":{"content":"ok"},"finish_reason":"stop"}]}\n\ndata: [DONE]\n\n'

/** Servers by host and port, each a map of paths, that tests plug in and out. */
export const machine = () => {
  const servers = new Map<string, Record<string, () => Response>>()
  const asked: Array<string> = []
  const answer = async (input: string | URL | Request) => {
    const { host, pathname } = new URL(String(input))
    asked.push(`${host}${pathname}`)
    const server = servers.get(host)
    if (server === undefined) return refused()
    return (server[pathname] ?? (() => new Response("", { status: 404 })))()
  }
  return { servers, asked, fetch: Object.assign(answer, { preconnect: () => undefined }) as typeof globalThis.fetch }
}

export const vllm = (model = "fox-7b") => ({
  "/v1/models": () => Response.json({ object: "list", data: [{ id: model, owned_by: "vllm", max_model_len: 4096 }] }),
  "/version": () => Response.json({ version: "0.32.0" }),
  "/v1/chat/completions": () => eventStream(ok)
})
export const stranger = {
  "/v1/models": () => Response.json({ object: "list", data: [{ id: "gpt-9", owned_by: "somebody" }] })
}

const demo: ModelOffer = {
  id: "tiny-demo",
  backend: "embedded",
  state: "loaded",
  capabilities: ["chat"],
  slots: 4,
  demo: true
}

/** An engine that says when it starts and stops, and whose chats end when the test says so. */
export const engine = Effect.gen(function* () {
  const life = yield* Queue.unbounded<"started" | "stopped">()
  const release = yield* Deferred.make<void>()
  const layer = Layer.succeed(EmbeddedEngine, {
    start: () =>
      Effect.gen(function* () {
        yield* Queue.offer(life, "started")
        yield* Effect.addFinalizer(() => Queue.offer(life, "stopped"))
        const end = {
          finish_reason: "stop" as const,
          usage: { prompt_tokens: 1, completion_tokens: 1, total_tokens: 2 }
        }
        return {
          kind: "embedded",
          address: "in process",
          version: "1",
          models: Effect.succeed([demo]),
          chat: () => Effect.as(Deferred.await(release), end),
          ...chatOnly("the engine"),
          pid: () => undefined
        }
      })
  })
  return { life, release, layer }
})

export const world = Effect.fnUntraced(function* (
  environment: Record<string, string> = {},
  plug: (servers: ReturnType<typeof machine>["servers"]) => void = () => undefined
) {
  const { asked, fetch, servers } = machine()
  plug(servers)
  const { layer, life, release } = yield* engine
  const context = yield* Layer.build(
    layerNoDeps.pipe(
      Layer.provide(layer),
      Layer.provideMerge(surroundings),
      Layer.provide(ConfigProvider.layer(ConfigProvider.fromUnknown(environment))),
      Layer.provide(Layer.succeed(FetchHttpClient.Fetch, fetch))
    )
  )
  const backends = yield* Backends.pipe(Effect.provideContext(context))
  const files = yield* ModelFiles.pipe(Effect.provideContext(context))
  const fs = yield* FileSystem.FileSystem.pipe(Effect.provideContext(context))
  /** Snapshots as they change, by the models in them. */
  const seen = yield* Queue.unbounded<ReadonlyArray<string>>()
  yield* backends.changes.pipe(
    Stream.runForEach(({ models }) =>
      Queue.offer(
        seen,
        models.map(({ id }) => id)
      )
    ),
    Effect.forkScoped({ startImmediately: true })
  )
  return { asked, servers, life, release, backends, files, fs, seen }
})
