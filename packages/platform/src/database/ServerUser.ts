/** The system user the database server runs as: oneself, or, as PostgreSQL refuses root, somebody root may become. */
import { Effect, Exit, FileSystem, Option } from "effect"
import { type Owner, self } from "../SocketDirectory.ts"
import { EmbeddedUnavailable } from "./EmbeddedError.ts"

export interface ServerUser extends Owner {
  readonly name: string
}

/** In order of preference: one of its own, the one PostgreSQL packages make, the one that owns nothing. */
const preferred = ["infernet", "postgres", "_postgres", "nobody"]

/** The users in the text of `/etc/passwd`, root left out. */
const parse = (passwd: string): ReadonlyArray<ServerUser> =>
  passwd.split("\n").flatMap((line) => {
    const [name = "", , uid, gid] = line.split(":")
    return Number(uid) > 0 && Number(gid) > 0 ? [{ name, uid: Number(uid), gid: Number(gid) }] : []
  })

const forRoot = Effect.gen(function* () {
  const fs = yield* FileSystem.FileSystem
  const passwd = yield* fs.readFileString("/etc/passwd").pipe(Effect.orElseSucceed(() => ""))
  const users = parse(passwd)
  const named = preferred.flatMap((name) => users.filter((user) => user.name === name))
  return yield* Effect.fromOption(
    Option.fromUndefinedOr([...named, ...users][0]),
    () => new EmbeddedUnavailable({ reason: "user", detail: "/etc/passwd names no user but root" })
  )
})

/** How to become the user when starting a process. */
export const become = (user: Owner) => (user.uid === self().uid ? {} : { uid: user.uid, gid: user.gid })

/**
 * Nothing of ours: no `PG…` variable, library path or language may change what the server does. What the system has
 * elsewhere, as NixOS has everything, is found where we find it.
 */
export const environment = {
  PATH: ["/usr/local/bin", "/usr/bin", "/bin", process.env["PATH"]].filter(Boolean).join(":"),
  LC_ALL: "C"
}

const spawn = (user: Owner, command: ReadonlyArray<string>) =>
  Bun.spawn([...command], {
    ...become(user),
    env: environment,
    // The caller's own directory may be closed to the user.
    cwd: "/",
    // A process group of its own, to be ended as one.
    detached: true,
    stdin: "ignore",
    stdout: "pipe",
    stderr: "pipe"
  })

/** Ends the processes of a command, all of them: what runs on would write to files that the next start removes. */
const kill = (pid: number) =>
  Effect.try(() => process.kill(-pid, "SIGKILL")).pipe(
    // They may have ended that very moment.
    Effect.ignore
  )

/**
 * Runs a command as the user to its end, which comes at once on interruption; gives the exit code and
 * everything it printed.
 */
export const run = (user: Owner, command: ReadonlyArray<string>) =>
  Effect.acquireUseRelease(
    Effect.try({
      try: () => {
        const child = spawn(user, command)
        // Both are complete only when nobody writes any more, the command's own children included.
        const output = Promise.all([new Response(child.stdout).text(), new Response(child.stderr).text()])
        return { pid: child.pid, result: Promise.all([child.exited, output]) }
      },
      catch: (cause) => new EmbeddedUnavailable({ reason: "start", detail: `${command[0]}: ${String(cause)}` })
    }),
    ({ result }) => Effect.promise(() => result),
    ({ pid, result }, exit) =>
      Exit.isSuccess(exit) ? Effect.void : Effect.andThen(kill(pid), Effect.ignore(Effect.tryPromise(() => result)))
  ).pipe(Effect.map(([code, output]) => ({ code, output: output.join("").trim() })))

/** The name of the user that owns this process; asked of the system, as Bun's `userInfo` believes `$USER`. */
export const ownName = run(self(), ["id", "-un"]).pipe(
  Effect.filterOrFail(
    ({ code }) => code === 0,
    () => new EmbeddedUnavailable({ reason: "user", detail: `user ${self().uid} has no name on this system` })
  ),
  Effect.map(({ output }) => output)
)

/** The user to run the server as. */
export const find = Effect.suspend(() =>
  self().uid === 0 ? forRoot : Effect.map(ownName, (name): ServerUser => ({ ...self(), name }))
)

/** Whether the user can pass through a directory: asked of the kernel, which knows of more than modes. */
export const canEnter = (user: ServerUser, directory: string) =>
  run(user, ["/bin/sh", "-c", 'cd "$1"', "sh", directory]).pipe(Effect.map(({ code }) => code === 0))
