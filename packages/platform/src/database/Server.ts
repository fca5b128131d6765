/** One run of the server: ready when started, gone when the scope closes, and gone as well when this process is killed. */
import { Deferred, Effect, Fiber, Stream } from "effect"
import { EmbeddedUnavailable } from "./EmbeddedError.ts"
import { become, environment, type ServerUser } from "./ServerUser.ts"
import * as Orphan from "./Orphan.ts"
import * as Watchdog from "./Watchdog.ts"

const ready = "database system is ready to accept connections"

export interface Options {
  readonly program: string
  readonly data: string
  readonly socketDirectory: string
  readonly user: ServerUser
  /** Whether a commit survives a crash of the machine. */
  readonly durable: boolean
  readonly access: { readonly hba: string; readonly ident: string }
}

const settings = (options: Options): ReadonlyArray<string> =>
  Object.entries({
    listen_addresses: "",
    // A list, in which a comma or a quote would mean something.
    unix_socket_directories: `"${options.socketDirectory.replaceAll('"', '""')}"`,
    unix_socket_permissions: "0700",
    // When a process of its own dies the server ends, and is started again as after every other death.
    restart_after_crash: "off",
    hba_file: options.access.hba,
    ident_file: options.access.ident,
    // The server's own affairs; what a client did wrong the client is told.
    log_min_messages: "log",
    log_line_prefix: "",
    ...(options.durable ? {} : { fsync: "off", full_page_writes: "off", synchronous_commit: "off" })
  }).flatMap(([name, value]) => ["-c", `${name}=${value}`])

const spawn = (options: Options) =>
  Bun.spawn([options.program, "-D", options.data, ...settings(options)], {
    ...become(options.user),
    env: environment,
    cwd: "/",
    // A Ctrl-C at the terminal is for us, who still need the database to end well.
    detached: true,
    stdin: "ignore",
    stdout: "ignore",
    stderr: "pipe"
  })

type Process = ReturnType<typeof spawn>

const stop = (child: Process) =>
  Effect.suspend(() => {
    const exited = Effect.promise(() => child.exited)
    child.kill("SIGINT")
    return exited.pipe(
      Effect.timeoutOrElse({
        duration: "10 seconds",
        // Recovery at the next start makes up for it.
        orElse: () =>
          Effect.andThen(
            Effect.sync(() => child.kill("SIGQUIT")),
            exited
          )
      })
    )
  })

const failed = ({ data }: Options, said: string, otherwise: string) => EmbeddedUnavailable.said(data, said, otherwise)

/** Starts the server and waits until it takes connections; `ended` completes when it is no more. */
export const start = Effect.fnUntraced(function* (options: Options) {
  yield* Orphan.clear(options.data)
  yield* Watchdog.start(options.data, options.user)
  const child = yield* Effect.acquireRelease(
    Effect.try({ try: () => spawn(options), catch: (cause) => failed(options, "", String(cause)) }),
    stop
  )
  const isReady = yield* Deferred.make<void>()
  const said: Array<string> = []
  const reading = yield* Stream.fromReadableStream({ evaluate: () => child.stderr, onError: (cause) => cause }).pipe(
    Stream.decodeText,
    Stream.splitLines,
    Stream.runForEach((line) => {
      if (line.includes(ready)) return Deferred.succeed(isReady, undefined)
      if (said.length < 20) said.push(line)
      return Effect.logDebug("database server", { line })
    }),
    Effect.ignoreCause({ log: "Warn", message: "the database server's log cannot be read" }),
    Effect.forkScoped
  )
  const exited = Effect.promise(() => child.exited)
  // Why it ended it has said by then.
  const diedEarly = Effect.andThen(Fiber.await(reading), exited).pipe(
    Effect.flatMap((code) => Effect.fail(failed(options, said.join("\n"), `postgres exited ${code}`)))
  )
  yield* Effect.raceFirst(Deferred.await(isReady), diedEarly)
  return { ended: exited }
})
