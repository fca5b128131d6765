/** What is being waited for: a line that its result replaces on a terminal, a word now and then elsewhere. */
import { Clock, Console, Effect, Fiber, Schedule } from "effect"
import { dim, fitRow, row } from "./style.ts"

const write = (text: string) => Effect.sync(() => void process.stdout.write(text))

/** Whether a line can be drawn over: a dumb terminal shows the codes for it as letters. */
const canRedraw = (): boolean => process.stdout.isTTY && process.env["TERM"] !== "dumb"

const startOfLine = "\r\u001b[K"

/** Shown at once and drawn anew every second, which also shows that the program is alive. */
const drawn = (label: () => string, text: (seconds: number) => string) =>
  Effect.gen(function* () {
    const began = yield* Clock.currentTimeMillis
    const draw = Effect.flatMap(Clock.currentTimeMillis, (now) => {
      const seconds = Math.floor((now - began) / 1000)
      return write(startOfLine + row(label(), dim(fitRow(text(seconds)))))
    })
    return yield* Effect.repeat(draw, Schedule.spaced("1 second"))
  })

/** In a log a wait is worth a line only when it is long. */
const noted = (label: () => string, text: (seconds: number) => string, every: number) =>
  Effect.gen(function* () {
    for (let seconds = every; ; seconds += every) {
      yield* Effect.sleep(every * 1000)
      yield* Console.log(row(label(), text(seconds)))
    }
  })

/** Tells what `effect` is doing for as long as it does; where no terminal is, `every` so many seconds. */
export const during =
  (label: string | (() => string), text: (seconds: number) => string, every = 10) =>
  <A, E, R>(effect: Effect.Effect<A, E, R>) =>
    Effect.suspend(() => {
      const isTerminal = canRedraw()
      const labelNow = typeof label === "string" ? () => label : label
      const telling = isTerminal ? drawn(labelNow, text) : noted(labelNow, text, every)
      return Effect.acquireUseRelease(
        Effect.forkChild(telling, { startImmediately: true }),
        () => effect,
        (fiber) => Effect.andThen(Fiber.interrupt(fiber), isTerminal ? write(startOfLine) : Effect.void)
      )
    })
