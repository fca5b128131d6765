/** The folder of GGUF files that this node fetched or was given: what is whole in it, and only that. */
import { statfs } from "node:fs/promises"
import { Sha256 } from "@infernet/contract/Command"
import { Home } from "@infernet/platform/Home"
import * as refused from "@infernet/platform/refused"
import { Clock, Context, Effect, FileSystem, Layer, Option, Path, type PlatformError, Schema } from "effect"
import { InstallError } from "./Install.ts"

/** Kept beside each file as `<name>.json`, so that one knows later where it came from. */
export const Manifest = Schema.Struct({
  name: Schema.String,
  /** `org/name/file.gguf` on Hugging Face, a URL without its query, or "a file of this machine". */
  source: Schema.String,
  sha256: Schema.optionalKey(Sha256),
  bytes: Schema.Int,
  quantization: Schema.optionalKey(Schema.String),
  installed_at: Schema.String
})
export type Manifest = typeof Manifest.Type

export interface ModelFile {
  /** The file's name without `.gguf`: the model's name on the network. */
  readonly name: string
  readonly path: string
  readonly bytes: number
  /** Absent for a file that the operator put there by hand. */
  readonly manifest: Manifest | undefined
}

const ending = ".gguf"
const partKeptMillis = 7 * 86_400_000
/** The folder holds models, so more entries than this are a mistake. */
const filesAllowed = 1024

/** A name that is a file's everywhere: no separators, no leading dot, nothing that a shell would read. */
export const isName = (name: string): boolean => /^[A-Za-z0-9][A-Za-z0-9._+-]{0,126}$/.test(name)

/** The name that a file's path ends with, e.g. `Qwen3-4B-Q4_K_M` for `sub/Qwen3-4B-Q4_K_M.gguf`. */
export const nameOf = (path: string): string => (path.split(/[\\/]/).at(-1) ?? "").replace(/\.gguf$/i, "")

const decode = Schema.decodeUnknownOption(Schema.fromJsonString(Manifest))
const encode = Schema.encodeEffect(Schema.fromJsonString(Manifest))

export const unusable = (error: PlatformError.PlatformError): InstallError =>
  new InstallError({
    reason: refused.isFull(error) ? "does_not_fit" : "failed",
    message: `the models folder cannot be used: ${refused.sentence(error)}`
  })

const absent = (name: string) =>
  new InstallError({ reason: "not_found", message: `There is no file of "${name}" in the models folder.` })

const checked = (name: string) =>
  isName(name)
    ? Effect.succeed(name)
    : new InstallError({
        reason: "unsupported",
        message: `"${name}" cannot be a file's name: use letters, digits, ".", "_", "+" and "-", 127 at most`
      })

export class ModelFiles extends Context.Service<
  ModelFiles,
  {
    readonly directory: string
    /** Whole files, by name; what is still being fetched is not among them. */
    readonly list: Effect.Effect<ReadonlyArray<ModelFile>, InstallError>
    readonly find: (name: string) => Effect.Effect<Option.Option<ModelFile>, InstallError>
    /** Where a file of this name is written while it is not whole. Fails for a name that is none. */
    readonly part: (name: string) => Effect.Effect<string, InstallError>
    /** Makes a file that is whole part of the folder, in place of an older one of that name. */
    readonly add: (manifest: Manifest, part: string) => Effect.Effect<ModelFile, InstallError>
    /** Deletes the file, its manifest, and what had been fetched of it. */
    readonly remove: (name: string) => Effect.Effect<void, InstallError>
    /** Deletes what came of downloads that broke off and that nobody has gone on with for a week, but for this part. */
    readonly tidy: (but: string) => Effect.Effect<void>
    /** Bytes that the folder's disk can still take. */
    readonly free: Effect.Effect<number, InstallError>
  }
>()("@infernet/backend/install/ModelFiles") {
  /** The folder at a given place; it exists. */
  static readonly at = (directory: string) =>
    Layer.effect(
      ModelFiles,
      Effect.gen(function* () {
        const fs = yield* FileSystem.FileSystem
        const { join } = yield* Path.Path

        const file = (name: string) => join(directory, `${name}${ending}`)
        const manifestOf = (name: string) => join(directory, `${name}.json`)
        const partOf = (name: string) => join(directory, `${name}${ending}.part`)

        const read = Effect.fnUntraced(
          function* (name: string) {
            const path = file(name)
            const info = yield* fs.stat(path)
            if (info.type !== "File") return Option.none<ModelFile>()
            const text = yield* Effect.option(fs.readFileString(manifestOf(name)))
            const manifest = Option.getOrUndefined(Option.flatMap(text, decode))
            return Option.some<ModelFile>({ name, path, bytes: Number(info.size), manifest })
          },
          Effect.catchReason("PlatformError", "NotFound", () => Effect.succeedNone)
        )

        /** One entry that cannot be looked at, such as a link to itself, does not hide the others. */
        const readable = (name: string) =>
          read(name).pipe(
            Effect.catch(({ message }) =>
              Effect.as(
                Effect.logDebug("entry of the models folder left out", { name, reason: message }),
                Option.none()
              )
            )
          )

        const list = Effect.gen(function* () {
          const names = (yield* fs.readDirectory(directory))
            .filter((entry) => entry.endsWith(ending))
            .map((entry) => entry.slice(0, -ending.length))
            .filter(isName)
            .toSorted()
            .slice(0, filesAllowed)
          return (yield* Effect.forEach(names, readable, { concurrency: 8 })).flatMap(Option.toArray)
        }).pipe(Effect.mapError(unusable))

        const find = Effect.fn("ModelFiles.find")((name: string) =>
          isName(name) ? read(name).pipe(Effect.mapError(unusable)) : Effect.succeedNone
        )

        const add = Effect.fn("ModelFiles.add")(function* (manifest: Manifest, part: string) {
          const name = yield* checked(manifest.name)
          const { bytes } = manifest
          const text = yield* Effect.orDie(encode(manifest))
          // The manifest first: killed in between, the folder has a manifest without a file, which nobody lists. Where
          // a link has its name, what that leads to is not ours to write.
          yield* Effect.gen(function* () {
            yield* fs.remove(manifestOf(name), { force: true })
            yield* fs.writeFileString(manifestOf(name), text, { mode: 0o600 })
            yield* fs.rename(part, file(name))
          }).pipe(Effect.mapError(unusable))
          return { name, path: file(name), bytes, manifest }
        })

        const remove = Effect.fn("ModelFiles.remove")(function* (name: string) {
          const found = yield* find(name)
          if (Option.isNone(found)) return yield* absent(name)
          const paths = [file(name), manifestOf(name), partOf(name), `${partOf(name)}.json`]
          yield* Effect.forEach(paths, (path) => fs.remove(path, { force: true }), { discard: true }).pipe(
            Effect.mapError(unusable)
          )
        })

        const forgotten = Effect.fnUntraced(function* (path: string, now: number) {
          const { mtime } = yield* fs.stat(path)
          return Option.exists(mtime, (at) => now - at.getTime() > partKeptMillis)
        })

        const tidy = Effect.fn("ModelFiles.tidy")(
          function* (but: string) {
            const now = yield* Clock.currentTimeMillis
            const parts = (yield* fs.readDirectory(directory)).filter((entry) => entry.endsWith(`${ending}.part`))
            for (const part of parts.map((entry) => join(directory, entry))) {
              if (part === but || !(yield* forgotten(part, now))) continue
              yield* fs.remove(part, { force: true })
              yield* fs.remove(`${part}.json`, { force: true })
              yield* Effect.logInfo("broken-off download deleted", { part })
            }
          },
          Effect.ignore({ log: "Debug", message: "broken-off downloads were not looked through" })
        )

        const free = Effect.tryPromise({
          try: async () => {
            const { bavail, bsize } = await statfs(directory)
            return bavail * bsize
          },
          catch: () => new InstallError({ reason: "failed", message: "the disk of the models folder cannot be read" })
        })

        return ModelFiles.of({
          directory,
          list,
          find,
          part: (name) => Effect.map(checked(name), partOf),
          add,
          remove,
          tidy,
          free
        })
      })
    )

  /** The folder `models` of the home. */
  static readonly layer = Layer.unwrap(Effect.map(Home, ({ models }) => ModelFiles.at(models)))
}
