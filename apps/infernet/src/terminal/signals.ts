/** What signals do: the first ends the run well, a second Ctrl-C at once; the exit code tells which it was. */

const codes = { SIGINT: 130, SIGTERM: 143, SIGHUP: 129 } as const

type Signal = keyof typeof codes

/** Wrappers such as npx pass on a Ctrl-C that the terminal has sent here already: that is one, not two. */
const sameMillis = 500

let first: { readonly signal: Signal; readonly at: number } | undefined

const note = (signal: Signal): void => {
  first ??= { signal, at: performance.now() }
}

/** What a run ends with that was stopped before it had an answer. */
export const stoppedCode = (): number => codes[first?.signal ?? "SIGINT"]

/** The second time, it is not waited for a stop that hangs; what this process has started ends without it. */
const interrupted = (): void => {
  if (first !== undefined && performance.now() - first.at > sameMillis) process.exit(codes.SIGINT)
  note("SIGINT")
}

/** A terminal that is closed asks for the same end as whoever sends a SIGTERM, which is all that Effect listens to. */
const hungUp = (): void => {
  note("SIGHUP")
  process.kill(process.pid, "SIGTERM")
}

/** Listens before Effect does, to know of a signal what it was. */
export const listen = (): void => {
  process.on("SIGINT", interrupted)
  process.on("SIGTERM", () => note("SIGTERM"))
  // Under nohup, which takes both streams away from the terminal, a listener would undo that it is not heard.
  if (process.stdout.isTTY || process.stderr.isTTY) process.on("SIGHUP", hungUp)
}
