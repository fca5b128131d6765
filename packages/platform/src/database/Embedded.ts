/** PostgreSQL as part of this process: nothing to install, reachable by nobody else, its life tied to ours. */
import * as NodeFileSystem from "@effect/platform-node/NodeFileSystem"
import * as NodePath from "@effect/platform-node/NodePath"
import { Clock, Context, Duration, Effect, FileSystem, Layer, Path } from "effect"
import { Home } from "../Home.ts"
import * as Lock from "../Lock.ts"
import * as SocketDirectory from "../SocketDirectory.ts"
import * as Cluster from "./Cluster.ts"
import { EmbeddedUnavailable } from "./EmbeddedError.ts"
import * as Keeper from "./Keeper.ts"
import * as Place from "./Place.ts"
import * as Programs from "./Programs.ts"
import * as Server from "./Server.ts"
import * as ServerUser from "./ServerUser.ts"

export interface Options {
  /** Whether a commit survives a crash of the machine; on unless the data are a test's. */
  readonly durable?: boolean
}

/** Who may connect: the system user that owns this process, as the kernel vouches for it, and nobody else. */
const writeAccess = Effect.fnUntraced(function* (place: string) {
  const fs = yield* FileSystem.FileSystem
  const path = yield* Path.Path
  const [hba, ident] = [path.join(place, "pg_hba.conf"), path.join(place, "pg_ident.conf")]
  yield* fs.writeFileString(hba, `local all ${Cluster.role} peer map=owner\n`)
  yield* fs.writeFileString(ident, `owner "${yield* ServerUser.ownName}" ${Cluster.role}\n`)
  // Read by the server's user.
  yield* Effect.forEach([hba, ident], (file) => fs.chmod(file, 0o644))
  return { hba, ident }
})

const make = Effect.fnUntraced(
  function* ({ durable = true }: Options) {
    const path = yield* Path.Path
    const began = yield* Clock.currentTimeMillis
    const user = yield* ServerUser.find
    const root = yield* Place.find((yield* Home).database, user)
    // The home's lock is not enough: a copied home shares the place that its link names.
    yield* Lock.acquire(path.join(root, "lock"))
    const programs = yield* Programs.find(root, user)
    const { data, created } = yield* Cluster.open({ root, user, programs }, durable)
    const socketDirectory = yield* SocketDirectory.choose(path.join(root, "run"), ".s.PGSQL.5432.lock", user)
    const access = yield* writeAccess(root)
    const program = path.join(programs.bin, "postgres")
    const { ended } = yield* Keeper.keep(Server.start({ program, data, socketDirectory, user, durable, access }))
    return Embedded.of({
      version: programs.version,
      created,
      dataDirectory: data,
      socketDirectory,
      role: Cluster.role,
      startTime: Duration.millis((yield* Clock.currentTimeMillis) - began),
      ended
    })
  },
  Effect.catchTags({
    LockHeld: ({ message }) => Effect.fail(new EmbeddedUnavailable({ reason: "held", detail: message })),
    LockUnusable: ({ cause, path }) => Effect.fail(EmbeddedUnavailable.refused(path, cause)),
    UnsafeDirectory: ({ message }) => Effect.fail(new EmbeddedUnavailable({ reason: "directory", detail: message })),
    PlatformError: (error) => Effect.fail(EmbeddedUnavailable.refused("the database's place", error))
  })
)

export class Embedded extends Context.Service<
  Embedded,
  {
    readonly version: string
    /** Whether this start made the data directory. */
    readonly created: boolean
    readonly dataDirectory: string
    readonly socketDirectory: string
    readonly role: string
    readonly startTime: Duration.Duration
    /** Completes with the exit code when the server died by itself and could not be started again. */
    readonly ended: Effect.Effect<number>
  }
>()("@infernet/platform/database/Embedded") {
  /** Runs the server of the home for as long as the layer lives. */
  static readonly layer = (options: Options = {}) =>
    Layer.effect(Embedded, make(options)).pipe(Layer.provide(Layer.merge(NodeFileSystem.layer, NodePath.layer)))
}
