/** The directory where an installation keeps everything of its own, held by one process at a time. */
import { homedir } from "node:os"
import * as NodeFileSystem from "@effect/platform-node/NodeFileSystem"
import * as NodePath from "@effect/platform-node/NodePath"
import { Config, Context, Effect, FileSystem, Layer, Path, Schema, type Scope } from "effect"
import * as Lock from "./Lock.ts"
import * as refused from "./refused.ts"
import * as SocketDirectory from "./SocketDirectory.ts"

/** Another process runs from this home: stop it, or give one of the two a home of its own. */
export class HomeLocked extends Schema.TaggedError<HomeLocked>()("HomeLocked", {
  path: Schema.String,
  pid: Schema.optional(Schema.Int),
  command: Schema.optional(Schema.String)
}) {
  override get message(): string {
    const who = this.pid === undefined ? "another process" : `"${this.command ?? "a process"}" (pid ${this.pid})`
    return `${this.path} is in use by ${who}: stop it, or set INFERNET_HOME to another directory`
  }
}

/** The home cannot be made, or cannot be used as it is. */
export class HomeUnusable extends Schema.TaggedError<HomeUnusable>()("HomeUnusable", {
  path: Schema.String,
  cause: Schema.Defect()
}) {
  override get message(): string {
    return `${this.path} cannot be used: ${refused.why(this.cause)}. INFERNET_HOME may name another place`
  }
}

const adminSocket = "admin.sock"

/** Every path of the home; the directories exist. */
interface Paths {
  readonly root: string
  readonly config: string
  readonly keys: string
  readonly logs: string
  readonly models: string
  /** The embedded database server's place (see `README.md`: as root it may be a link). */
  readonly database: string
  readonly adminSocket: string
}

export class Home extends Context.Service<
  Home,
  Paths & {
    /** Keeps other processes out of this home until the scope closes. */
    readonly lock: Effect.Effect<void, HomeLocked | HomeUnusable, Scope.Scope>
  }
>()("@infernet/platform/Home") {
  /** A home at a given place. */
  static readonly at = (directory: string) =>
    Layer.effect(
      Home,
      Effect.gen(function* () {
        const fs = yield* FileSystem.FileSystem
        const path = yield* Path.Path
        const root = path.resolve(directory)
        const make = (directory: string, mode: number) =>
          fs
            .makeDirectory(directory, { recursive: true, mode })
            .pipe(Effect.mapError((cause) => new HomeUnusable({ path: directory, cause })))

        // Root's database server runs as another user, which must be able to pass, though not to look around.
        yield* make(root, process.getuid?.() === 0 ? 0o711 : 0o700)
        const inside = (name: string) => {
          const directory = path.join(root, name)
          return Effect.as(make(directory, 0o700), directory)
        }
        const [keys, logs, models, run] = yield* Effect.all([
          inside("keys"),
          inside("logs"),
          inside("models"),
          inside("run")
        ])
        const sockets = yield* SocketDirectory.choose(run, adminSocket, SocketDirectory.self())
        const lock = Lock.acquire(path.join(run, "lock")).pipe(
          Effect.mapError((error) =>
            error._tag === "LockHeld"
              ? new HomeLocked({ path: root, pid: error.pid, command: error.command })
              : new HomeUnusable({ path: root, cause: error.cause })
          ),
          Effect.provideService(FileSystem.FileSystem, fs)
        )
        return Home.of({
          root,
          keys,
          logs,
          models,
          config: path.join(root, "config.json"),
          database: path.join(root, "database"),
          adminSocket: path.join(sockets, adminSocket),
          lock
        })
      })
    ).pipe(Layer.provide(Layer.merge(NodeFileSystem.layer, NodePath.layer)))

  /** The home named by `INFERNET_HOME`, else `~/.infernet`. */
  static readonly layer = Layer.unwrap(
    Config.NonEmptyString("INFERNET_HOME").pipe(
      Config.withDefault(`${homedir()}/.infernet`),
      Effect.map((directory) => Home.at(directory))
    )
  )
}
