/** Installs one GGUF file into this node's own folder: found, judged, fetched, checked, and only then listed. */
import { DateTime, Effect, FileSystem, Option, type Redacted } from "effect"
import { HardwareReadings } from "../Hardware.ts"
import { Download } from "./Download.ts"
import { cachePerToken, contextHeld } from "./estimate.ts"
import { diskReserve, fit, type Need, needOfFile, roomOf } from "./fit.ts"
import * as Gguf from "./Gguf.ts"
import { HuggingFace, isSplit } from "./HuggingFace.ts"
import { InstallError, type ModelSource, type OnProgress } from "./Install.ts"
import { ModelFiles, nameOf, unusable } from "./ModelFiles.ts"
import { sizeAllowed } from "./policy.ts"

export type FileSource = Exclude<ModelSource, { readonly _tag: "Library" }>

/** A source once it is known where its bytes are. */
interface Located {
  readonly name: string
  /** For the manifest: where it came from, without secrets. */
  readonly origin: string
  readonly from: URL | { readonly path: string }
  readonly bytes: number | undefined
  readonly sha256: string | undefined
  readonly authorization: Redacted.Redacted | undefined
}

const fail = (reason: InstallError["reason"], message: string) => Effect.fail(new InstallError({ reason, message }))

/** Most names are names of files already; the rest become some. */
const safeName = (path: string): string =>
  nameOf(path)
    .replaceAll(/[^A-Za-z0-9._+-]+/g, "-")
    .replace(/^[^A-Za-z0-9]+/, "")

const notAModel = (beginning: Uint8Array): string | undefined =>
  Gguf.begins(beginning) ? undefined : "what the address gives is no GGUF file, perhaps a web page: check the address"

export const make = Effect.gen(function* () {
  const fs = yield* FileSystem.FileSystem
  const files = yield* ModelFiles
  const download = yield* Download
  const hub = yield* HuggingFace
  const hardware = yield* HardwareReadings

  const locate = Effect.fnUntraced(function* (source: FileSource) {
    if (source._tag === "Path") {
      // A link to the file would be linked itself.
      const path = yield* Effect.orElseSucceed(fs.realPath(source.path), () => source.path)
      const info = yield* Effect.option(fs.stat(path))
      if (Option.isNone(info) || info.value.type !== "File") return yield* fail("not_found", "there is no such file")
      return {
        name: safeName(source.path),
        origin: "a file of this machine",
        from: { path },
        bytes: Number(info.value.size),
        sha256: undefined,
        authorization: undefined
      } satisfies Located as Located
    }
    if (source._tag === "Url") {
      const url = URL.parse(source.url)
      if (url === null || !/^https?:$/.test(url.protocol))
        return yield* fail("not_found", "expected an http(s) address")
      return {
        name: safeName(url.pathname),
        origin: `${url.origin}${url.pathname}`,
        from: url,
        bytes: undefined,
        sha256: source.sha256,
        authorization: undefined
      } satisfies Located as Located
    }
    const { file, repository, sha256 } = source
    if (isSplit(file))
      return yield* fail("unsupported", "a model in several files cannot be installed: choose a whole one")
    const found = yield* hub.file(repository, file)
    if (sha256 !== undefined && found.sha256 !== undefined && found.sha256 !== sha256) {
      const message = `the file on ${hub.endpoint.host} has the SHA-256 ${found.sha256}, not ${sha256}`
      return yield* fail("checksum_mismatch", message)
    }
    return {
      name: safeName(file),
      origin: `${repository}/${file}`,
      from: hub.url(repository, file),
      bytes: found.bytes,
      sha256: sha256 ?? found.sha256,
      authorization: hub.token
    } satisfies Located as Located
  })

  const mustFit = Effect.fnUntraced(function* (need: Need) {
    const result = fit(need, roomOf(yield* hardware.read, yield* files.free))
    if (!result.fits) return yield* fail("does_not_fit", `${result.reason}: choose a smaller model or quantisation`)
  })

  /** A file of this machine is linked where that can be done, so that it takes no second place on the disk. */
  const bring = Effect.fnUntraced(function* (from: string, part: string) {
    yield* fs.remove(part, { force: true })
    yield* fs.link(from, part).pipe(Effect.catch(() => fs.copyFile(from, part)))
  }, Effect.mapError(unusable))

  const fetch = Effect.fnUntraced(function* (
    { authorization, bytes, from, sha256 }: Located,
    part: string,
    maxBytes: number | undefined,
    progress: OnProgress
  ) {
    if (!(from instanceof URL)) {
      yield* bring(from.path, part)
      return { bytes: bytes ?? 0, sha256: undefined }
    }
    const free = Effect.map(files.free, (bytes) => bytes - diskReserve)
    const wanted = { url: from, part, sha256, bytes, authorization, maxBytes, free, objection: notAModel }
    return yield* download.fetch(wanted, progress)
  })

  /** What came is looked into before it counts; what is refused is deleted. */
  const examine = (part: string, bytes: number) =>
    Gguf.read(fs, part).pipe(
      Effect.tap(({ cacheBytesPerToken, contextLength, parameters }) => {
        const context = Math.min(contextLength ?? contextHeld, contextHeld)
        const cacheBytes = (cacheBytesPerToken ?? cachePerToken(parameters)) * context
        return mustFit({ modelBytes: bytes, cacheBytes, diskBytes: 0 })
      }),
      Effect.tapError(() => Effect.mapError(fs.remove(part, { force: true }), unusable))
    )

  /** Whether the folder has this very file already. Fails where another file has its name. */
  const isThere = Effect.fnUntraced(function* ({ from, name, origin, sha256 }: Located) {
    const present = Option.getOrUndefined(yield* files.find(name))
    if (present === undefined) return false
    if (sha256 !== undefined && present.manifest?.sha256 === sha256) return true
    if (from instanceof URL && present.manifest?.source === origin) return false
    if (!(from instanceof URL)) {
      const [one, other] = yield* Effect.mapError(Effect.all([fs.stat(from.path), fs.stat(present.path)]), unusable)
      if (one.dev === other.dev && Option.isSome(one.ino) && one.ino.value === Option.getOrUndefined(other.ino))
        return true
    }
    const message = `another file of the name "${name}" is there: remove it first, with infernet model remove ${name}`
    return yield* fail("failed", message)
  })

  /** Gives the model's name. Interruption keeps what has been fetched for the next time. */
  return Effect.fn("Folder.install")(function* (
    source: FileSource,
    maxBytes: number | undefined,
    progress: OnProgress
  ) {
    progress({ phase: "checking" })
    const located = yield* locate(source)
    const { name, origin } = located
    const part = yield* files.part(name)
    yield* files.tidy(part)
    if (yield* isThere(located)) return name
    if (located.bytes !== undefined) {
      yield* sizeAllowed(located.bytes, maxBytes)
      const have = yield* Effect.orElseSucceed(
        Effect.map(fs.stat(part), ({ size }) => Number(size)),
        () => 0
      )
      yield* mustFit(needOfFile(name, located.bytes, have))
    }
    const { bytes, sha256 } = yield* fetch(located, part, maxBytes, progress)
    progress({ phase: "verifying", completed_bytes: bytes, total_bytes: bytes })
    const { quantization } = yield* examine(part, bytes)
    const installed_at = DateTime.formatIso(yield* DateTime.now)
    yield* files.add(
      {
        name,
        source: origin,
        bytes,
        installed_at,
        ...(sha256 !== undefined && { sha256 }),
        ...(quantization !== undefined && { quantization })
      },
      part
    )
    return name
  })
})
