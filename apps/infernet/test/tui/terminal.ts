/** The program on a terminal of its own, as a person would run it. */
import { Effect, type Scope } from "effect"
import { tmpdir } from "node:os"
import { join } from "node:path"

const main = join(import.meta.dir, "..", "..", "src", "main.ts")

/** What a terminal is told by the program when it takes the screen, and when it gives it back. */
export const taken = "\u001b[?1049h"
export const givenBack = "\u001b[?1049l"

const escape = "\u001b"
/** Where a line begins that takes the place of the one before in its row. */
const rowStart = new RegExp(`${escape}\\[(\\d+);1H`)
/** A change of colour. */
export const color = new RegExp(`${escape}\\[[\\d;]*m`, "g")

/** What a terminal shows that was told all this. */
const shown = (output: string): string => {
  const rows: Array<string> = []
  const [, ...pieces] = output.split(rowStart)
  for (let index = 0; index + 1 < pieces.length; index += 2) rows[Number(pieces[index])] = pieces[index + 1] ?? ""
  return Bun.stripANSI(rows.join("\n"))
}

export interface OnTerminal {
  readonly output: () => string
  /** Waits until what the terminal shows has this text, colours left out. */
  readonly until: (text: string) => Effect.Effect<void>
  /** Waits until it has written this text, wherever on the screen. */
  readonly said: (text: string) => Effect.Effect<void>
  readonly press: (keys: string) => void
  readonly kill: (signal: NodeJS.Signals) => void
  /** Its exit code, once all that it has written is read. */
  readonly exited: Effect.Effect<number>
}

export const onTerminal = (
  args: ReadonlyArray<string>,
  home: string,
  env: Readonly<Record<string, string>> = {}
): Effect.Effect<OnTerminal, never, Scope.Scope> =>
  Effect.gen(function* () {
    let output = ""
    const waiting = new Set<() => void>()
    const decoder = new TextDecoder()
    const closed = Promise.withResolvers<void>()
    const child = yield* Effect.acquireRelease(
      Effect.sync(() =>
        Bun.spawn([process.execPath, main, ...args], {
          env: { PATH: "/usr/local/bin:/usr/bin:/bin", HOME: tmpdir(), INFERNET_HOME: home, TERM: "xterm", ...env },
          cwd: tmpdir(),
          terminal: {
            cols: 100,
            rows: 30,
            data: (_, bytes) => {
              output += decoder.decode(bytes, { stream: true })
              for (const look of waiting) look()
            },
            exit: () => closed.resolve()
          }
        })
      ),
      (child) =>
        Effect.promise(async () => {
          if (child.exitCode === null) child.kill("SIGTERM")
          await child.exited
          child.terminal?.close()
        })
    )
    const untilIn = (part: (output: string) => string) => (text: string) =>
      Effect.callback<void>((resume) => {
        const look = () => {
          if (part(output).includes(text)) resume(Effect.void)
        }
        waiting.add(look)
        look()
        void child.exited.then(() => resume(Effect.die(new Error(`it ended without ${text}:\n${part(output)}`))))
        return Effect.sync(() => waiting.delete(look))
      })
    return {
      output: () => output,
      until: untilIn(shown),
      said: untilIn((output) => output),
      press: (keys) => void child.terminal?.write(keys),
      kill: (signal) => child.kill(signal),
      exited: Effect.promise(async () => {
        const code = await child.exited
        child.terminal?.close()
        await closed.promise
        return code
      })
    }
  })
