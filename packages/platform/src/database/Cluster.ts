/** The data directory: made once, whole or not at all, for one major version of PostgreSQL. */
import { Effect, FileSystem, Path } from "effect"
import { self } from "../SocketDirectory.ts"
import * as Binaries from "./Binaries.ts"
import { EmbeddedUnavailable } from "./EmbeddedError.ts"
import { type Programs, standsInShell } from "./Programs.ts"
import { run, type ServerUser } from "./ServerUser.ts"

/** The database role, and the superuser of the server. */
export const role = "infernet"

export interface Place {
  /** Holds everything of the server; the process has it to itself. */
  readonly root: string
  readonly user: ServerUser
  readonly programs: Programs
}

/** Where to run `initdb` from. The data directory it names to nobody but the server. */
const binFor = Effect.fnUntraced(function* ({ bin }: Programs) {
  if (standsInShell(bin)) return bin
  const fs = yield* FileSystem.FileSystem
  const aside = yield* fs.makeTempDirectoryScoped({ directory: "/tmp", prefix: "infernet-initdb-" })
  yield* fs.chmod(aside, 0o711)
  return (yield* Binaries.install(yield* Binaries.packaged, aside)).bin
})

const partial = "data.partial-"

/** Removes what interrupted starts left; where their `initdb` still writes, the next start does. */
const sweep = Effect.fnUntraced(function* (root: string) {
  const fs = yield* FileSystem.FileSystem
  const path = yield* Path.Path
  for (const name of yield* fs.readDirectory(root)) {
    if (!name.startsWith(partial)) continue
    yield* Effect.ignore(fs.remove(path.join(root, name), { recursive: true, force: true }), { log: "Debug" })
  }
})

const initialise = Effect.fnUntraced(function* ({ root, user, programs }: Place, durable: boolean) {
  const fs = yield* FileSystem.FileSystem
  const path = yield* Path.Path
  // Each time another: an `initdb` whose owner was killed lives on a moment, and empties its own when it fails.
  const made = yield* fs.makeTempDirectory({ directory: root, prefix: partial })
  if (user.uid !== self().uid) yield* fs.chown(made, user.uid, user.gid)
  const { code, output } = yield* run(user, [
    path.join(yield* binFor(programs), "initdb"),
    `--pgdata=${made}`,
    `--username=${role}`,
    "--auth-local=peer",
    "--auth-host=reject",
    "--encoding=UTF8",
    // PostgreSQL's own C.UTF-8 sorts alike on every system; the operating system's may be missing.
    "--locale=C",
    "--locale-provider=builtin",
    "--builtin-locale=C.UTF-8",
    "--no-instructions",
    ...(durable ? [] : ["--no-sync"])
  ])
  if (code !== 0) return yield* EmbeddedUnavailable.said(root, output, `initdb exited ${code}`)
  yield* fs.rename(made, path.join(root, "data"))
}, Effect.scoped)

/** The data directory of a place, made if there is none. */
export const open = Effect.fnUntraced(
  function* (place: Place, durable: boolean) {
    const fs = yield* FileSystem.FileSystem
    const path = yield* Path.Path
    yield* sweep(place.root)
    const data = path.join(place.root, "data")
    const created = !(yield* fs.exists(data))
    if (created) yield* initialise(place, durable)
    const theirs = (yield* fs.readFileString(path.join(data, "PG_VERSION"))).trim()
    const [ours] = place.programs.version.split(".")
    if (theirs !== ours) {
      const detail = `${data} was made by PostgreSQL ${theirs}, this is ${ours}: dump it there and load it here`
      return yield* new EmbeddedUnavailable({ reason: "version", detail })
    }
    return { data, created }
  },
  (opened, { root }) =>
    Effect.catchTag(opened, "PlatformError", (error) => Effect.fail(EmbeddedUnavailable.refused(root, error)))
)
