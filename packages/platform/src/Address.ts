/** Taking an address to listen on: who has it when it is taken, and what a killed process left behind. */
import { Effect, FileSystem, Option, Schema } from "effect"

/** The port is in use; `holder` names the process where the system tells (`postgres (pid 812)`). */
export class PortTaken extends Schema.TaggedError<PortTaken>()("PortTaken", {
  port: Schema.Int,
  holder: Schema.optionalKey(Schema.String)
}) {
  override get message(): string {
    return `port ${this.port} is in use${this.holder === undefined ? "" : ` by ${this.holder}`}`
  }
}

/** Another process is listening on the Unix socket, or something that is no socket lies at its path. */
export class SocketTaken extends Schema.TaggedError<SocketTaken>()("SocketTaken", { path: Schema.String }) {
  override get message(): string {
    return `${this.path} is in use`
  }
}

const listening = "0A"

/** The socket inodes listening on a port, from the text of `/proc/net/tcp` or `tcp6`. */
const inodesOf = (table: string, port: number): ReadonlyArray<string> =>
  table.split("\n").flatMap((line) => {
    const [, local = "", , state, , , , , , inode] = line.trim().split(/\s+/)
    const matches = state === listening && Number.parseInt(local.split(":")[1] ?? "", 16) === port
    return matches && inode !== undefined ? [`socket:[${inode}]`] : []
  })

/** The process listening on a TCP port; none where there is no `/proc`, or it belongs to somebody else. */
export const holderOf = Effect.fnUntraced(function* (port: number) {
  const fs = yield* FileSystem.FileSystem
  // A table or a process that cannot be read is one that says nothing: the name is a courtesy.
  const read = (path: string) => fs.readFileString(path).pipe(Effect.orElseSucceed(() => ""))
  const list = (path: string) => fs.readDirectory(path).pipe(Effect.orElseSucceed((): Array<string> => []))

  const tables = yield* Effect.all([read("/proc/net/tcp"), read("/proc/net/tcp6")])
  const inodes = tables.flatMap((table) => inodesOf(table, port))
  if (inodes.length === 0) return Option.none<string>()

  for (const pid of (yield* list("/proc")).filter((name) => /^\d+$/.test(name))) {
    for (const fd of yield* list(`/proc/${pid}/fd`)) {
      const target = yield* fs.readLink(`/proc/${pid}/fd/${fd}`).pipe(Effect.orElseSucceed(() => ""))
      if (inodes.includes(target)) return Option.some(`${(yield* read(`/proc/${pid}/comm`)).trim()} (pid ${pid})`)
    }
  }
  return Option.none<string>()
})

const answers = (path: string) =>
  Effect.promise(() =>
    Bun.connect({ unix: path, socket: { open: (socket) => void socket.end(), data: () => undefined } }).then(
      () => true,
      () => false
    )
  )

/** Removes the socket file of a process that died without doing so; refuses when somebody answers on it. */
export const clearSocket = Effect.fnUntraced(function* (path: string) {
  const fs = yield* FileSystem.FileSystem
  const found = yield* Effect.option(fs.stat(path))
  if (Option.isNone(found)) return
  if (found.value.type !== "Socket" || (yield* answers(path))) return yield* new SocketTaken({ path })
  yield* fs.remove(path, { force: true }).pipe(Effect.mapError(() => new SocketTaken({ path })))
})
