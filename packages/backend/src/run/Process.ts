/** One life of a server's program, in a process group of its own that ends whole, also when we are killed. */
import { Data, Effect } from "effect"

/** The program could not be started at all. */
export class CannotStart extends Data.TaggedError("CannotStart")<{ readonly program: string; readonly why: string }> {
  override get message() {
    return `${this.program} cannot be started (${this.why}): check the file and its mode`
  }
}

/** How it ended; `signal` where one ended it. */
export interface End {
  readonly code: number | null
  readonly signal: NodeJS.Signals | number | null
}

export interface Process {
  readonly pid: number
  /** Once all that it printed is taken. */
  readonly ended: Effect.Effect<End>
}

/** Servers finish what they answer and give back GPU memory: slow ones took 6 s. */
const grace = "20 seconds"
/** What a process that left the group still holds of its output is not waited for. */
const drainMillis = 1_000

/**
 * Reads the number of the group, then waits for the end of the pipe, which is our own: nobody writes to it again. It is
 * there before the server is, so that no moment is left in which a kill of this process would leave a server behind.
 */
const guard = `
read -r pid || exit
read -r _
kill -s TERM -- "-$pid" || exit
for second in 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 17 18 19 20; do
  sleep 1
  kill -s 0 -- "-$pid" || exit
done
kill -s KILL -- "-$pid"
`

const startGuard = Effect.acquireRelease(
  Effect.sync(() =>
    Bun.spawn(["/bin/sh", "-c", guard], { cwd: "/", detached: true, stdin: "pipe", stdout: "ignore", stderr: "ignore" })
  ),
  (child) =>
    Effect.promise(() => {
      child.kill("SIGKILL")
      return child.exited
    })
)

/** To every process of a group; a group that is no more is no error. */
const signalGroup = (pid: number, signal: NodeJS.Signals) => Effect.ignore(Effect.try(() => process.kill(-pid, signal)))

const spawn = (program: string, args: ReadonlyArray<string>) =>
  Effect.try({
    try: () =>
      Bun.spawn([program, ...args], {
        // Its own group, which a Ctrl-C at the terminal does not reach: the stop is ours to order.
        detached: true,
        stdin: "ignore",
        stdout: "pipe",
        stderr: "pipe",
        // Python holds back what it prints to a pipe.
        env: { ...process.env, PYTHONUNBUFFERED: "1" }
      }),
    catch: (cause) => new CannotStart({ program, why: cause instanceof Error ? cause.message : String(cause) })
  })

/** Reads on until the end, also while the server stops: one whose pipe is full would wait instead. */
const read = async (stream: ReadableStream<Uint8Array>, take: (text: string) => Promise<void>) => {
  const decoder = new TextDecoder()
  for await (const piece of stream) await take(decoder.decode(piece, { stream: true }))
}

/**
 * Starts it; `take` gets what it prints, on both streams, one piece at a time. With the scope it is asked to end, and
 * after a grace ended, with all that it has started.
 */
export const start = Effect.fnUntraced(function* <R>(
  program: string,
  args: ReadonlyArray<string>,
  take: (text: string) => Effect.Effect<void, never, R>
) {
  const runPromise = Effect.runPromiseWith(yield* Effect.context<R>())
  const taken = (text: string) => runPromise(take(text))
  const watching = yield* startGuard
  const [child, reading] = yield* Effect.acquireRelease(
    Effect.map(spawn(program, args), (child) => {
      const reading = Promise.allSettled([read(child.stdout, taken), read(child.stderr, taken)])
      return [child, reading] as const
    }),
    ([child, reading]) =>
      Effect.gen(function* () {
        const { pid } = child
        if (child.exitCode === null && child.signalCode === null) {
          yield* signalGroup(pid, "SIGTERM")
          yield* Effect.timeoutOption(
            Effect.promise(() => child.exited),
            grace
          )
        }
        // Also what outlived a leader that was killed: it would hold the memory that the next one needs.
        yield* signalGroup(pid, "SIGKILL")
        yield* Effect.promise(() => child.exited)
        yield* Effect.timeoutOption(
          Effect.promise(() => reading),
          drainMillis
        )
      })
  )
  watching.stdin.write(`${child.pid}\n`)
  yield* Effect.promise(async () => watching.stdin.flush())
  const ended = Effect.promise(() => child.exited).pipe(
    Effect.andThen(
      Effect.timeoutOption(
        Effect.promise(() => reading),
        drainMillis
      )
    ),
    Effect.map((): End => ({ code: child.exitCode, signal: child.signalCode }))
  )
  return { pid: child.pid, ended } satisfies Process as Process
})
