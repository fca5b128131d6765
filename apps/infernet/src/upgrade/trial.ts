/** Tries a version that nobody runs yet: in a home of its own, with nothing of this one's. */
import { Home } from "@infernet/platform/Home"
import { Effect, FileSystem, Stream } from "effect"
import { ChildProcess, ChildProcessSpawner } from "effect/process"
import { join } from "node:path"
import type { Program } from "../network/launcher.ts"
import { Tools } from "../service/Tools.ts"
import { Failure } from "../terminal/exit.ts"
import { folderIn } from "./Installed.ts"

const patience = "90 seconds"

/** Of this process's surroundings only what programs need to run at all. */
const passed = ["PATH", "HOME", "TMPDIR", "LANG", "LD_LIBRARY_PATH", "DYLD_LIBRARY_PATH", "INFERNET_POSTGRES_BIN"]

const surroundings = (home: string): Readonly<Record<string, string>> => ({
  ...Object.fromEntries(passed.flatMap((name) => (process.env[name] === undefined ? [] : [[name, process.env[name]]]))),
  INFERNET_HOME: home
})

const freePort = Effect.sync(() => {
  const server = Bun.listen({ hostname: "127.0.0.1", port: 0, socket: { data: () => undefined } })
  const { port } = server
  server.stop(true)
  return port
})

const unfit = (version: string, why: string) =>
  new Failure({ message: `${version} does not work on this machine, so nothing was changed: ${why}` })

const lastLine = (text: string): string => text.trim().split("\n").at(-1) ?? ""

/** Whether it is what it says it is. */
const tellsItsVersion = Effect.fnUntraced(function* ({ bun, main }: Program, version: string, home: string) {
  const { run } = yield* Tools
  const { code, stderr, stdout } = yield* run([bun, main, "--version"], { env: surroundings(home) })
  if (code === 0 && stdout.includes(version)) return
  return yield* unfit(version, lastLine(stderr) || lastLine(stdout) || `--version ended with exit code ${code}`)
})

/** Whether it finds its backends' code, whatever it finds with it. */
const looksForBackends = Effect.fnUntraced(function* ({ bun, main }: Program, version: string, home: string) {
  const { run } = yield* Tools
  const { code, stderr } = yield* run([bun, main, "backends", "--json"], { env: surroundings(home) })
  if (code !== 0) return yield* unfit(version, lastLine(stderr) || `backends ended with exit code ${code}`)
})

/** Whether it brings a control plane up, database and all, and down again. */
const serves = Effect.fnUntraced(function* ({ bun, main }: Program, version: string, home: string) {
  const spawner = yield* ChildProcessSpawner.ChildProcessSpawner
  const command = ChildProcess.make(bun, [main, "control-plane", "--port", String(yield* freePort)], {
    env: surroundings(home),
    extendEnv: false,
    stdin: "ignore",
    forceKillAfter: "10 seconds"
  })
  let last = "it ended before it was ready"
  const isReady = yield* Effect.gen(function* () {
    const child = yield* spawner.spawn(command)
    return yield* child.all.pipe(
      Stream.decodeText(),
      Stream.splitLines,
      Stream.tap((line) => Effect.sync(() => void (last = line.trim() === "" ? last : line))),
      Stream.takeUntil((line) => line.startsWith("ready  ")),
      Stream.runDrain,
      Effect.map(() => last.startsWith("ready  "))
    )
  }).pipe(
    // It is stopped with the scope, and waited for.
    Effect.scoped,
    Effect.timeoutOrElse({ duration: patience, orElse: () => Effect.succeed(false) }),
    Effect.mapError(({ message }) => unfit(version, message))
  )
  if (!isReady) return yield* unfit(version, last.replace(/^infernet: /, ""))
})

/** Fails with why it does not work here. */
export const pass = Effect.fnUntraced(function* (program: Program, version: string, withServer: boolean) {
  const fs = yield* FileSystem.FileSystem
  const home = join(folderIn((yield* Home).root), "trial")
  const clear = Effect.ignore(fs.remove(home, { recursive: true, force: true }))
  yield* clear
  yield* Effect.gen(function* () {
    yield* tellsItsVersion(program, version, home)
    yield* looksForBackends(program, version, home)
    if (withServer) yield* serves(program, version, home)
  }).pipe(Effect.ensuring(clear))
})
