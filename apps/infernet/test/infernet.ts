/** The real program as a process of its own, with a home, an environment and a port that nobody else has. */
import { Clock, Effect, type Scope } from "effect"
import { chmodSync, mkdtempSync, rmSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"

export const main = join(import.meta.dir, "..", "src", "main.ts")

export interface Options {
  readonly home: string
  readonly env?: Readonly<Record<string, string>>
  readonly stdin?: string
}

/** A fresh directory, gone with the scope. */
export const freshHome = Effect.acquireRelease(
  Effect.sync(() => {
    const home = mkdtempSync(join(tmpdir(), "infernet-"))
    // Root's database server runs as another user: where it cannot pass, its files would lie elsewhere, and stay.
    chmodSync(home, 0o711)
    return home
  }),
  (home) => Effect.sync(() => rmSync(home, { recursive: true, force: true }))
)

/** A port that was free a moment ago. */
export const freePort = Effect.sync(() => {
  const server = Bun.listen({ hostname: "127.0.0.1", port: 0, socket: { data: () => undefined } })
  const { port } = server
  server.stop(true)
  return port
})

/** Nothing of the test's own surroundings; the engine of the package, whatever else runs on this machine. */
const environment = ({ env, home }: Options) => ({
  PATH: "/usr/local/bin:/usr/bin:/bin",
  HOME: tmpdir(),
  INFERNET_HOME: home,
  INFERNET_BACKEND: "embedded",
  ...env
})

const spawn = (args: ReadonlyArray<string>, options: Options) =>
  Bun.spawn([process.execPath, main, ...args], {
    env: environment(options),
    cwd: tmpdir(),
    stdin: options.stdin === undefined ? "ignore" : new Blob([options.stdin]),
    stdout: "pipe",
    stderr: "pipe",
    // As a terminal's job has: what signals the test runner's group does not reach it.
    detached: true
  })

type Child = ReturnType<typeof spawn>

/** Ended at the latest with the scope; a test that waits for it to do so well sends the signal itself. */
const owned = (args: ReadonlyArray<string>, options: Options) =>
  Effect.acquireRelease(
    Effect.sync(() => spawn(args, options)),
    (child) =>
      Effect.promise(() => {
        if (child.exitCode === null) child.kill("SIGTERM")
        return child.exited
      })
  )

export interface Result {
  readonly code: number
  readonly stdout: string
  readonly stderr: string
}

/** Runs a command to its end. */
export const infernet = (args: ReadonlyArray<string>, options: Options): Effect.Effect<Result> =>
  Effect.gen(function* () {
    const child = yield* owned(args, options)
    const [stdout, stderr, code] = yield* Effect.promise(() =>
      Promise.all([new Response(child.stdout).text(), new Response(child.stderr).text(), child.exited])
    )
    return { code, stdout, stderr }
  }).pipe(Effect.scoped)

export interface Running {
  readonly pid: number
  /** All that it has printed so far, on both streams. */
  readonly output: () => string
  /** Waits until a part of the output matches; fails with the output when the process ends before. */
  readonly until: (pattern: RegExp) => Effect.Effect<RegExpExecArray>
  /** Sends the signal; gives the exit code and how long the end took. */
  readonly stop: (signal: NodeJS.Signals) => Effect.Effect<{ readonly code: number; readonly millis: number }>
  readonly exited: Effect.Effect<number>
}

const collect = (child: Child) => {
  let text = ""
  const waiting = new Set<() => void>()
  const wake = () => waiting.forEach((look) => look())
  const read = async (stream: ReadableStream<Uint8Array>) => {
    const decoder = new TextDecoder()
    for await (const piece of stream) {
      text += decoder.decode(piece, { stream: true })
      wake()
    }
  }
  const ended = Promise.all([read(child.stdout), read(child.stderr)]).then(wake)
  return { output: () => text, waiting, ended }
}

/** Starts a command that goes on until it is stopped. */
export const running = (args: ReadonlyArray<string>, options: Options): Effect.Effect<Running, never, Scope.Scope> =>
  Effect.gen(function* () {
    const child = yield* owned(args, options)
    const { ended, output, waiting } = collect(child)
    const until = (pattern: RegExp) =>
      Effect.callback<RegExpExecArray>((resume) => {
        const look = () => {
          const found = pattern.exec(output())
          if (found !== null) resume(Effect.succeed(found))
        }
        waiting.add(look)
        look()
        void ended.then(() => resume(Effect.die(new Error(`it ended without ${pattern}:\n${output()}`))))
        return Effect.sync(() => waiting.delete(look))
      })
    const stop = Effect.fnUntraced(function* (signal: NodeJS.Signals) {
      const began = yield* Clock.currentTimeMillis
      // A Ctrl-C reaches every process of the terminal's job; a service manager signals one.
      process.kill(signal === "SIGINT" ? -child.pid : child.pid, signal)
      const code = yield* Effect.promise(() => child.exited)
      yield* Effect.promise(() => ended)
      return { code, millis: (yield* Clock.currentTimeMillis) - began }
    })
    return { pid: child.pid, output, until, stop, exited: Effect.promise(() => child.exited) }
  })

export const ready = /^ready {2}(http:\S+)$/m

/** Starts a network and waits until it is ready. */
export const network = Effect.fnUntraced(function* (options: Options & { readonly port: number }) {
  const started = yield* running(["start", "--port", String(options.port)], options)
  yield* started.until(ready)
  return started
})
