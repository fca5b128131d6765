/** Programs of the system, run to their end: what they print, and how they end. */
import { Context, Effect, Layer } from "effect"
import { Failure } from "../terminal/exit.ts"

export interface Result {
  readonly code: number
  readonly stdout: string
  readonly stderr: string
}

export type Command = readonly [program: string, ...args: ReadonlyArray<string>]

export interface Surroundings {
  readonly cwd?: string
  /** All of it; without it, this process's own. */
  readonly env?: Readonly<Record<string, string>>
}

export class Tools extends Context.Service<
  Tools,
  {
    /** Fails where there is no such program. */
    readonly run: (command: Command, surroundings?: Surroundings) => Effect.Effect<Result, Failure>
  }
>()("infernet/service/Tools") {
  static readonly layer = Layer.succeed(Tools, {
    run: (command, surroundings = {}) =>
      Effect.tryPromise({
        try: async (signal) => {
          const child = Bun.spawn([...command], {
            ...surroundings,
            stdin: "ignore",
            stdout: "pipe",
            stderr: "pipe",
            signal
          })
          const [stdout, stderr, code] = await Promise.all([
            new Response(child.stdout).text(),
            new Response(child.stderr).text(),
            child.exited
          ])
          return { code, stdout, stderr }
        },
        catch: () => new Failure({ message: `${command[0]} cannot be run: is it installed?` })
      })
  })
}

/** Runs it and fails with its own first words where it fails; `hint` tells what to do. */
export const must = Effect.fnUntraced(function* (command: Command, hint = "") {
  const { code, stderr, stdout } = yield* (yield* Tools).run(command)
  if (code === 0) return stdout
  const words = (stderr.trim() || stdout.trim()).split("\n")[0] ?? ""
  return yield* new Failure({ message: `${command.slice(0, 3).join(" ")}: ${words || `exit code ${code}`}${hint}` })
})
