/** One run of the local chain's program: ready when started, gone when the scope closes, and gone as well when we are killed. */
import { join } from "node:path"
import { commandLine } from "@infernet/platform/commandLine"
import { Effect, FileSystem, Option, Schedule, type Scope } from "effect"
import * as ChainState from "./ChainState.ts"
import { LocalChainError } from "./LocalChainError.ts"
import { rpc } from "./rpc.ts"

/**
 * Nobody writes to the pipe, so the line ends when its other end closes, which is when we die or end it. The program is the
 * shell's child from its first moment on, so that no death of ours comes too early to be seen. What runs in the background
 * of such a shell ignores an interrupt, hence the other signal, upon which anvil writes its state.
 */
const script = `
note=$1; shift
exec 3<&0
"$@" </dev/null 3<&- &
chain=$!
echo "$chain" > "$note"
( read -r _ <&3; kill -TERM "$chain" ) &
watch=$!
wait "$chain"; code=$?
kill "$watch" 2>/dev/null
rm -f "$note"
exit "$code"
`

const noteIn = (directory: string) => join(directory, "anvil.pid")

/** How long anvil may take to write its state when it is told to end. */
const endWithin = "10 seconds"

/** Waits for the one of a process that was killed a moment ago, which is writing its state now. */
const awaitFormer = Effect.fnUntraced(function* (directory: string) {
  const fs = yield* FileSystem.FileSystem
  const text = yield* fs.readFileString(noteIn(directory)).pipe(Effect.orElseSucceed(() => ""))
  const pid = Number.parseInt(text, 10)
  if (!Number.isInteger(pid) || pid <= 1) return
  const isOver = Effect.map(commandLine(pid), (line) => !line.includes(ChainState.lastIn(directory)))
  yield* isOver.pipe(
    Effect.repeat({ until: (over) => over, schedule: Schedule.spaced("20 millis") }),
    Effect.timeoutOrElse({
      duration: endWithin,
      orElse: () =>
        Effect.fail(new LocalChainError({ message: `a local chain of this home still runs: end process ${pid}` }))
    })
  )
})

const spawn = (program: string, directory: string, port: number, state: Option.Option<string>) => {
  const command = [
    [program, "--host", "127.0.0.1", "--port", `${port}`, "--chain-id", "31337", "--silent", "--no-cors"],
    // Its own accounts have keys that everybody knows.
    ["--accounts", "0", "--enable-tx-gas-limit", "--dump-state", ChainState.lastIn(directory)],
    Option.match(state, { onNone: () => [], onSome: (path) => ["--load-state", path] })
  ].flat()
  return Bun.spawn(["/bin/sh", "-c", script, "sh", noteIn(directory), ...command], {
    env: { PATH: "/usr/local/bin:/usr/bin:/bin", HOME: directory },
    cwd: "/",
    // A Ctrl-C at the terminal is for us, who still need the chain to end well.
    detached: true,
    stdin: "pipe",
    stdout: "ignore",
    stderr: "pipe"
  })
}

type Process = ReturnType<typeof spawn>

const end = (child: Process) =>
  Effect.suspend(() => {
    const exited = Effect.promise(() => child.exited)
    void child.stdin.end()
    return exited.pipe(
      Effect.timeoutOrElse({
        duration: endWithin,
        orElse: () =>
          Effect.andThen(
            // All of its group: the state that was saved last counts at the next start.
            Effect.ignore(Effect.try(() => process.kill(-child.pid, "SIGKILL"))),
            exited
          )
      })
    )
  })

const saidLimit = 2_000

/** What it says, to its end: drained for as long as it runs, though no more of it is kept than a report may say. */
const words = async (child: Process) => {
  let said = ""
  const decoder = new TextDecoder()
  for await (const piece of child.stderr) said = (said + decoder.decode(piece, { stream: true })).slice(-saidLimit)
  return said.trim()
}

const diedEarly = (child: Process) =>
  Effect.promise(() => Promise.all([words(child), child.exited])).pipe(
    Effect.flatMap(([said, code]) =>
      Effect.fail(new LocalChainError({ message: `the local chain did not start: ${said || `exit code ${code}`}` }))
    )
  )

export interface Running {
  readonly url: string
  /** Completes with the exit code when it is no more. */
  readonly ended: Effect.Effect<number>
}

/** Starts it on the state that lies in the directory and waits until it answers. */
export const start = Effect.fnUntraced(function* (
  program: string,
  directory: string,
  port: number
): Effect.fn.Return<Running, LocalChainError, FileSystem.FileSystem | Scope.Scope> {
  yield* awaitFormer(directory)
  const state = yield* ChainState.newest(directory)
  const child = yield* Effect.acquireRelease(
    Effect.try({
      try: () => spawn(program, directory, port, state),
      catch: (cause) => new LocalChainError({ message: `the local chain did not start: ${String(cause)}` })
    }),
    end
  )
  const url = `http://127.0.0.1:${port}`
  const answers = Effect.isSuccess(rpc(url)("eth_chainId")).pipe(
    Effect.repeat({ until: (answered) => answered, schedule: Schedule.spaced("20 millis") })
  )
  yield* Effect.raceFirst(answers, diedEarly(child)).pipe(
    Effect.timeoutOrElse({
      duration: "20 seconds",
      orElse: () => Effect.fail(new LocalChainError({ message: "the local chain did not answer within 20 s" }))
    })
  )
  return { url, ended: Effect.promise(() => child.exited) }
})
