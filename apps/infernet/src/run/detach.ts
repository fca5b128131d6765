/** Starts this program in the background, in a session of its own, and waits until it is ready or has failed. */
import { Home } from "@infernet/platform/Home"
import { Clock, Console, Effect, FileSystem } from "effect"
import { closeSync, openSync } from "node:fs"
import { join } from "node:path"
import { Local } from "../client/Local.ts"
import { Failure } from "../terminal/exit.ts"
import { during } from "../terminal/progress.ts"
import { fold } from "../terminal/fold.ts"
import { columnsAfter, dim, fitRow, plain, yellow } from "../terminal/style.ts"
import { howVariable } from "./Run.ts"
import type { RunView } from "./RunApi.ts"
import { isHere } from "./words.ts"

/** A model of many gigabytes may have to load for the check; past it the start goes on by itself. */
const readyWithin = 180_000
/** Who waits for somebody else's control plane has started all the same. */
const waitingAfter = 10_000
const lookEvery = 100
const mostLines = 20

/** Where a start in the background says what it would say in a terminal. */
export const outputPath = (logs: string): string => join(logs, "start.log")

const spawn = (command: ReadonlyArray<string>, root: string, output: string) => {
  const file = openSync(output, "w", 0o600)
  try {
    const child = Bun.spawn([...command], {
      cwd: root,
      env: { ...process.env, INFERNET_HOME: root, [howVariable]: "detached" },
      stdin: "ignore",
      stdout: file,
      stderr: file,
      detached: true
    })
    child.unref()
    return child
  } finally {
    closeSync(file)
  }
}

const sentence = /^infernet: (.*)$/m

interface Ended {
  readonly code: number | null
}

/** What a start that has failed said, and why in a sentence. */
const failed = Effect.fnUntraced(function* (said: string, { code }: Ended, output: string) {
  const reason = sentence.exec(said)?.[1]
  const lines = said.replace(sentence, "").trimEnd().split("\n").slice(-mostLines).join("\n")
  if (lines.trim() !== "") yield* Console.log(plain(lines))
  const message = reason ?? `it has ended with exit code ${code ?? "unknown"} before it was ready: see ${output}`
  return yield* new Failure({ message })
})

/** Runs `command`, which starts a node or a network; gives what it says of itself once it is ready, and what it said. */
export const start = Effect.fnUntraced(function* (command: ReadonlyArray<string>) {
  const { logs, root } = yield* Home
  const local = yield* Local
  const fs = yield* FileSystem.FileSystem
  const there = yield* Effect.option(local.run.view())
  if (there._tag === "Some") return yield* isHere(root, there.value)
  const output = outputPath(logs)
  const said = Effect.orElseSucceed(fs.readFileString(output), () => "")
  let last = ""

  const watched = Effect.gen(function* () {
    const began = yield* Clock.currentTimeMillis
    while (true) {
      yield* Effect.sleep(lookEvery)
      last = (yield* said).trimEnd().split("\n").at(-1)?.trim() ?? ""
      if (child.exitCode !== null || child.signalCode !== null) return { code: child.exitCode } satisfies Ended as Ended
      const view = yield* Effect.option(local.run.view())
      const elapsed = (yield* Clock.currentTimeMillis) - began
      if (view._tag === "Some") {
        const isWaiting = view.value.waiting !== undefined && elapsed >= waitingAfter
        if (view.value.ready || isWaiting) return view.value
      }
      if (elapsed < readyWithin) continue
      const message = `it is not ready after ${readyWithin / 60_000} minutes and goes on: see \`infernet logs -f\``
      return yield* new Failure({ message })
    }
  })

  const child = yield* Effect.try({
    try: () => spawn(command, root, output),
    catch: (error) => new Failure({ message: `${command[0]} cannot be started: ${String(error)}` })
  })
  const view: RunView | Ended = yield* watched.pipe(
    during("starting", (seconds) => fitRow(`${seconds} s  ${plain(last)}`)),
    // Nobody waits for it any more: a start that was called off is none.
    Effect.onInterrupt(() => Effect.sync(() => child.kill("SIGTERM")))
  )
  // Told where nothing draws any more over what it says.
  if ("code" in view) return yield* failed(yield* said, view, output)
  return { view, said: plain((yield* said).trimEnd()) }
})

/** What to do with what runs in the background now. */
const nextSteps = ({ pid }: RunView, infernet: string): string =>
  [
    "",
    dim(`  It runs in the background (pid ${pid}) until it is stopped or this machine is:`),
    "",
    `  ${infernet} status`,
    `  ${infernet} logs -f`,
    `  ${infernet} stop`,
    ""
  ].join("\n")

/** What it said, where it is not ready yet why, and what to do with it now. */
export const report = ({ said, view }: Effect.Success<ReturnType<typeof start>>, infernet: string): string =>
  [
    said,
    ...(view.ready
      ? []
      : ["", fold(`${yellow("not linked yet")}  ${plain(view.waiting ?? "")}; it goes on trying`, columnsAfter(0), 2)]),
    nextSteps(view, infernet)
  ].join("\n")
