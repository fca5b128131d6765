/** What would be installed, from where, and whether this machine can hold it: known before anything is fetched. */
import { bytesOf } from "@infernet/backend/install/bytes"
import { fit, type Need, needOfFile, needOfName, roomOf } from "@infernet/backend/install/fit"
import { HuggingFace } from "@infernet/backend/install/HuggingFace"
import type { InstallError, ModelSource } from "@infernet/backend/install/Install"
import { library } from "@infernet/backend/install/library"
import { ModelFiles, nameOf } from "@infernet/backend/install/ModelFiles"
import { HardwareReadings } from "@infernet/backend/Hardware"
import type { BackendKind } from "@infernet/contract/Node"
import { Effect, FileSystem, Layer } from "effect"
import { homedir } from "node:os"
import { basename, resolve } from "node:path"
import type { BackendView } from "../../client/MachineApi.ts"
import { Failure } from "../../terminal/exit.ts"
import { nearest } from "../../terminal/nearest.ts"
import { plain } from "../../terminal/style.ts"
import type { Asked } from "./asked.ts"

export interface Proposal {
  readonly source: ModelSource
  /** For a person: which file of which repository, and why that one. */
  readonly what: string
  /** To be fetched; none where nobody tells before. */
  readonly bytes: number | undefined
  /** Whether it fits, as a sentence; none where its size is not known, or somebody else's memory would hold it. */
  readonly fits: string | undefined
}

/** What a proposal is made of. */
const layer = Layer.mergeAll(HuggingFace.layer, HardwareReadings.layer, ModelFiles.layer)

type Wanted = Exclude<Asked, { readonly _tag: "Fault" }>

const failure = ({ message, reason }: InstallError) =>
  new Failure({
    message: reason === "unreachable" ? `${message}: check the connection, or set HF_ENDPOINT to a mirror` : message
  })

const isHere = ({ address }: BackendView): boolean =>
  /^(?:localhost|127\.|\[::1\])/.test(URL.parse(address)?.hostname ?? "")

/** It answers, whether or not it has a model yet. */
const answers = (backend: BackendView): boolean => backend.used || backend.version !== undefined

const judged = Effect.fnUntraced(function* (name: string, need: Need, ownFolder: boolean) {
  const hardware = yield* (yield* HardwareReadings).read
  const free = ownFolder ? yield* Effect.mapError((yield* ModelFiles).free, failure) : undefined
  const room = roomOf(hardware, free)
  const result = fit(need, room)
  if (!result.fits) {
    const message = `${plain(name)} does not fit: ${result.reason}. Choose a smaller one: see \`infernet model recommend\``
    return yield* new Failure({ message })
  }
  const bytes = bytesOf(need.modelBytes + need.cacheBytes)
  const [where, there] = result.on === "gpu" ? ["GPU", room.gpuBytes] : ["CPU", room.memoryBytes]
  return `yes, on the ${where}: about ${bytes} with its context, of ${bytesOf(there)}`
})

const ofRepository = Effect.fnUntraced(function* (
  { file, repository, sha256 }: Omit<Extract<Wanted, { _tag: "Repository" }>, "_tag">,
  to: BackendKind | undefined
) {
  const hub = yield* HuggingFace
  const choice =
    file === undefined
      ? yield* Effect.mapError(hub.choose(repository), failure)
      : { file: yield* Effect.mapError(hub.file(repository, file), failure), why: undefined }
  const { bytes, path, sha256: known } = choice.file
  const why = choice.why === undefined ? "" : ` (${choice.why})`
  return {
    source: { _tag: "HuggingFace", repository, file: path, sha256: sha256 ?? known },
    what: `${plain(path)} of ${plain(repository)}${why}`,
    bytes,
    fits: yield* judged(basename(path), needOfFile(nameOf(path), bytes, 0), to === undefined || to === "embedded")
  } satisfies Proposal as Proposal
})

/** Told before anybody is asked whether to install it. */
const notFound = (name: string) => {
  const names = library.map((model) => model.name)
  const meant = nearest(name, names)
  if (meant !== undefined && meant !== name) {
    return new Failure({ message: `there is no model ${plain(name)} here: did you mean ${meant}?` })
  }
  const message = `${plain(name)} would come from Ollama's library, and Ollama does not answer: start it, or give a GGUF file (org/name)`
  return new Failure({ message: `${message}. \`infernet model recommend\` shows what suits this machine` })
}

const ofLibrary = Effect.fnUntraced(function* (
  name: string,
  to: BackendKind | undefined,
  backends: ReadonlyArray<BackendView>
) {
  const ollama = backends.find((backend) => backend.kind === "ollama" && answers(backend))
  const known = library.find((model) => model.name === name)
  if (known !== undefined && (to === "embedded" || (to === undefined && ollama === undefined))) {
    const { file, repository } = known
    const found = yield* ofRepository({ repository, file, sha256: undefined }, to)
    return { ...found, what: `${name}, as ${found.what}` }
  }
  if (ollama === undefined) return yield* notFound(name)
  const need = needOfName(name)
  const fits = need === undefined || !isHere(ollama) ? undefined : yield* judged(name, need, false)
  return {
    source: { _tag: "Library", name },
    what: `${plain(name)}, of Ollama's library`,
    bytes: undefined,
    fits
  } satisfies Proposal as Proposal
})

const ofPath = Effect.fnUntraced(function* (given: string) {
  const path = resolve(given.replace(/^~(?=\/)/, homedir()))
  const fs = yield* FileSystem.FileSystem
  const { size, type } = yield* Effect.mapError(
    fs.stat(path),
    () => new Failure({ message: `there is no file ${plain(path)}` })
  )
  if (type !== "File") return yield* new Failure({ message: `${plain(path)} is no file: give a GGUF file` })
  const bytes = Number(size)
  return {
    source: { _tag: "Path", path },
    what: `${plain(basename(path))} of this machine`,
    bytes,
    fits: yield* judged(basename(path), needOfFile(nameOf(path), bytes, bytes), true)
  } satisfies Proposal as Proposal
})

/** Fails with a sentence where it does not exist or does not fit. */
export const propose = Effect.fnUntraced(function* (
  wanted: Wanted,
  to: BackendKind | undefined,
  backends: ReadonlyArray<BackendView>
) {
  if (wanted._tag === "Repository") return yield* ofRepository(wanted, to)
  if (wanted._tag === "Library") return yield* ofLibrary(wanted.name, to, backends)
  if (wanted._tag === "Path") return yield* ofPath(wanted.path)
  const proposal: Proposal = { source: wanted, what: plain(wanted.url), bytes: undefined, fits: undefined }
  return proposal
}, Effect.provide(layer))
