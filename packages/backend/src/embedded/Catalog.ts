/** The models that the embedded engine has: those of the models folder, or the demo model where there is none. */
import { travelling } from "@infernet/platform/travelling"
import type { ModelOffer } from "@infernet/contract/Node"
import { Effect, FileSystem } from "effect"
import { BackendError } from "../Backend.ts"
import { bytesOf } from "../install/bytes.ts"
import { cachePerToken } from "../install/estimate.ts"
import * as Gguf from "../install/Gguf.ts"
import type { ModelFile, ModelFiles } from "../install/ModelFiles.ts"
import type { Blueprint, Loaded } from "./protocol.ts"
import { shape } from "./room.ts"

/** The demo model's name on the network. */
export const demoModel = "tiny-demo"

export interface Model {
  readonly name: string
  /** Tells this file from another one that later has its name. */
  readonly version: string
  readonly blueprint: Blueprint
  /** What it is expected to take. */
  readonly memoryBytes: number
  readonly offer: Omit<ModelOffer, "state" | "backend">
}

/** A file that cannot be served. */
export interface Unfit {
  readonly name: string
  readonly version: string
  readonly why: string
}

/** Models so small do no better with two threads: those would only wait for each other at every layer. */
const oneThreadBytes = 64 << 20

const demoPath = travelling(import.meta.url, "../../assets/tiny-demo-q8_0.gguf", "assets/tiny-demo-q8_0.gguf")
const demoSlots = 4
const textAbilities: ModelOffer["capabilities"] = ["chat", "completion", "embedding", "tools", "json"]

export const demo: Model = {
  name: demoModel,
  version: "",
  blueprint: { path: demoPath, kind: "demo", contextLength: 2048, slots: demoSlots, threads: 1 },
  memoryBytes: 64 << 20,
  offer: {
    id: demoModel,
    bytes: 2_304_768,
    context_length: 2048,
    quantization: "Q8_0",
    capabilities: textAbilities,
    slots: demoSlots,
    demo: true
  }
}

export const versionOf = ({ bytes, manifest }: ModelFile): string => `${bytes} ${manifest?.installed_at ?? ""}`

/** What a file of this header is, in a machine that may give it so much. */
export const modelOf = (
  file: ModelFile,
  header: Gguf.Header,
  limits: { readonly contextLength: number; readonly memoryBytes: number }
): Model | Unfit => {
  const { bytes, manifest, name, path } = file
  const version = versionOf(file)
  const kind = header.embeds ? "embedding" : "chat"
  const cacheBytesPerToken = header.cacheBytesPerToken ?? cachePerToken(header.parameters)
  const found = shape(
    { bytes, trained: header.contextLength, cacheBytesPerToken },
    limits.contextLength,
    limits.memoryBytes
  )
  if (found === undefined) {
    return { name, version, why: `it takes more than the ${bytesOf(limits.memoryBytes)} that the engine may use` }
  }
  const slots = kind === "embedding" ? 1 : found.slots
  const quantization = manifest?.quantization ?? header.quantization
  return {
    name,
    version,
    blueprint: {
      path,
      kind,
      contextLength: found.contextLength,
      slots,
      threads: bytes < oneThreadBytes ? 1 : undefined
    },
    memoryBytes: found.memoryBytes,
    offer: {
      id: name,
      bytes,
      context_length: found.contextLength,
      ...(quantization !== undefined && { quantization }),
      ...(manifest?.sha256 !== undefined && { digest: manifest.sha256 }),
      capabilities:
        kind === "embedding" ? ["embedding"] : [...textAbilities, ...(header.thinks ? (["reasoning"] as const) : [])],
      slots
    }
  }
}

/** The offer as it is now; a loaded model knows its context better than its file did. */
export const offerOf = ({ offer }: Model, loaded: Loaded | undefined): ModelOffer => ({
  ...offer,
  backend: "embedded",
  state: loaded === undefined ? "loadable" : "loaded",
  ...(loaded !== undefined && { context_length: loaded.contextLength })
})

export interface Catalog {
  /** The models there are now; reads only headers that it has not read. */
  readonly read: Effect.Effect<ReadonlyArray<Model>, BackendError>
}

export const make = Effect.fnUntraced(function* (
  files: ModelFiles["Service"],
  limits: { readonly contextLength: number; readonly memoryBytes: number }
) {
  const fs = yield* FileSystem.FileSystem
  let known: ReadonlyMap<string, Model | Unfit> = new Map()

  const study = Effect.fnUntraced(function* (file: ModelFile) {
    const found = yield* Gguf.read(fs, file.path).pipe(
      Effect.map((header) => modelOf(file, header, limits)),
      Effect.catch(({ message }) => Effect.succeed<Unfit>({ name: file.name, version: versionOf(file), why: message }))
    )
    if ("why" in found) yield* Effect.logWarning("a model file is not served", { model: file.name, why: found.why })
    return found
  })

  const read = Effect.gen(function* () {
    const listed = yield* files.list.pipe(
      Effect.mapError(({ message }) => new BackendError({ fault: "backend_error", message }))
    )
    const studied = yield* Effect.forEach(listed, (file) => {
      const before = known.get(file.name)
      return before?.version === versionOf(file) ? Effect.succeed(before) : study(file)
    })
    known = new Map(studied.map((one) => [one.name, one]))
    const models = studied.flatMap((one) => ("why" in one ? [] : [one]))
    return models.length > 0 ? models : [demo]
  })

  return { read } satisfies Catalog as Catalog
})
