/** The terminal as a whole screen, given back as it was on every way out of the process. */
import * as NodeTerminal from "@effect/platform-node/NodeTerminal"
import { type Cause, Config, Context, Effect, Layer, type Queue, type Scope, type Terminal } from "effect"
import { writeSync } from "node:fs"
import { Failure } from "../terminal/exit.ts"
import type { Size } from "./view/frame.ts"

type Keys = Queue.Dequeue<Terminal.UserInput, Cause.Done>

export class Screen extends Context.Service<
  Screen,
  {
    /** Takes text as it is; done when the terminal has it, so that a slow one slows its writer. */
    readonly write: (text: string) => Effect.Effect<void>
    /** The size now and after each change. */
    readonly sizes: Effect.Effect<Queue.Dequeue<Size, Cause.Done>, never, Scope.Scope>
    /** Keys as they are pressed; it ends when nobody can press one any more. */
    readonly keys: Effect.Effect<Keys, never, Scope.Scope>
    /** Ends when the terminal goes away. */
    readonly hungUp: Effect.Effect<void>
  }
>()("infernet/tui/Screen") {
  static readonly layer = Layer.effect(
    Screen,
    Effect.suspend(() => make)
  )
}

/** The other screen, no cursor, and no line that runs on into the next. */
const enter = "\u001b[?1049h\u001b[?25l\u001b[?7l\u001b[2J"
const leave = "\u001b[?7h\u001b[?25h\u001b[?1049l"

const refuse = (what: string) =>
  new Failure({ message: `${what}: for programs and pipes there is \`infernet status --json\``, code: 2 })

/** Also where the process ends without another turn of its event loop: on a crash, and at a second Ctrl-C. */
const giveBack = () => {
  try {
    writeSync(1, leave)
    process.stdin.setRawMode(false)
  } catch {
    // The terminal itself is gone, and nothing is left to give back.
  }
}

/** No key ends the input: what `q` and Ctrl-C do is decided where all keys are. */
const noneQuits = () => false

const make = Effect.gen(function* () {
  if (!process.stdout.isTTY || !process.stdin.isTTY) return yield* refuse("this is not a terminal")
  const kind = yield* Effect.orDie(Config.String("TERM").pipe(Config.withDefault("")))
  if (kind === "dumb") return yield* refuse("this terminal (TERM=dumb) cannot be drawn on")
  const terminal = yield* NodeTerminal.make(noneQuits)
  yield* Effect.acquireRelease(
    Effect.sync(() => {
      process.once("exit", giveBack)
      writeSync(1, enter)
    }),
    () =>
      Effect.sync(() => {
        process.off("exit", giveBack)
        giveBack()
      })
  )
  return Screen.of({
    // A terminal that takes no more has hung up, which is told apart.
    write: (text) => Effect.ignore(terminal.display(text)),
    sizes: terminal.size,
    keys: terminal.readInput,
    hungUp: Effect.callback<void>((resume) => {
      const end = () => resume(Effect.void)
      process.once("SIGHUP", end)
      return Effect.sync(() => process.off("SIGHUP", end))
    })
  })
})
