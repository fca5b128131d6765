import { expect } from "bun:test"
import * as NodeServices from "@effect/platform-node/NodeServices"
import type { CommandProgress } from "@infernet/contract/Command"
import { Home } from "@infernet/platform/Home"
import { it } from "@infernet/testing/harness"
import { ConfigProvider, Effect, FileSystem, Layer } from "effect"
import { Backends } from "../../src/Backends.ts"
import { layer } from "../../src/BackendsProbed.ts"
import { EngineFiles } from "../../src/embedded/EngineFiles.ts"
import { HardwareReadings } from "../../src/Hardware.ts"
import { ModelFiles } from "../../src/install/ModelFiles.ts"
import { ask, collector } from "../replay.ts"
import { file, hub, sha256 } from "./hub.ts"

const demo = new URL("../../assets/tiny-demo-q8_0.gguf", import.meta.url)

it.live(
  "installs a model from Hugging Face, chats with it, and takes it away again",
  () =>
    Effect.gen(function* () {
      const { answers, origin } = yield* hub
      const bytes = new Uint8Array(yield* Effect.promise(() => Bun.file(demo).arrayBuffer()))
      const entry = {
        type: "file",
        path: "owl-2m-Q8_0.gguf",
        size: bytes.length,
        lfs: { oid: sha256(bytes), size: bytes.length }
      }
      answers.set("/api/models/org/owl/tree/main", () => Response.json([entry]))
      answers.set("/org/owl/resolve/main/owl-2m-Q8_0.gguf", file(bytes))

      const services = yield* Layer.build(NodeServices.layer)
      const fs = yield* FileSystem.FileSystem.pipe(Effect.provideContext(services))
      const home = Home.at(yield* fs.makeTempDirectoryScoped())
      const settings = { HF_ENDPOINT: origin, INFERNET_BACKEND: "embedded" }
      const context = yield* Layer.build(
        layer.pipe(
          Layer.provideMerge(Layer.mergeAll(HardwareReadings.layer, ModelFiles.layer, EngineFiles.layerRepository)),
          Layer.provide([
            home,
            Layer.succeedContext(services),
            ConfigProvider.layer(ConfigProvider.fromUnknown(settings))
          ])
        )
      )
      const backends = yield* Backends.pipe(Effect.provideContext(context))
      const names = Effect.map(backends.snapshot, ({ models }) => models.map(({ id }) => id))
      expect(yield* names).toEqual(["tiny-demo"])

      const phases: Array<CommandProgress["phase"]> = []
      const name = yield* backends.install(
        { _tag: "HuggingFace", repository: "org/owl", file: "owl-2m-Q8_0.gguf", sha256: undefined },
        undefined,
        ({ phase }) => {
          if (phases.at(-1) !== phase) phases.push(phase)
        }
      )
      expect(phases).toEqual(["checking", "downloading", "verifying", "loading"])
      expect(yield* names).toEqual([name])
      const { emit, text } = collector()
      yield* backends.chat(ask("Echo tavimo", { model: name }), emit)
      expect(text()).not.toBe("")
      expect((yield* backends.verdicts).map(({ kind, reason, used }) => [kind, used, reason])).toEqual([
        ["embedded", true, ""]
      ])

      yield* backends.remove(name)
      expect(yield* names).toEqual(["tiny-demo"])
    }),
  { timeout: 30_000 }
)
