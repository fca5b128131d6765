/** What is being waited for: a line that its result replaces on a terminal, a word now and then elsewhere. */
import { Clock, Console, Context, Effect, Fiber, Schedule } from "effect"
import { dim, fitRow, row } from "./style.ts"

const write = (text: string) => Effect.sync(() => void process.stdout.write(text))

/** Whether only the result is wanted, as by a program that reads it. */
const Quiet = Context.Reference("infernet/terminal/Quiet", { defaultValue: () => false })

/** Tells nothing of what is on its way where `isQuiet`. */
export const quietly = (isQuiet: boolean) => Effect.provideService(Quiet, isQuiet)

/** A line of what was done, unless only the result is wanted. */
export const told = (text: string) => Effect.flatMap(Quiet, (isQuiet) => (isQuiet ? Effect.void : Console.log(text)))

/** Whether a line can be drawn over: a dumb terminal shows the codes for it as letters. */
const canRedraw = (): boolean => process.stdout.isTTY && process.env["TERM"] !== "dumb"

const startOfLine = "\r\u001b[K"

/** What is to be told after so many seconds; `undefined` while there is nothing. */
type Text = (seconds: number) => string | undefined

/** Whose line it is: of two that are waited for at once, the later one is told when the first is done. */
let drawing: object | undefined

/** Shown at once and drawn anew every second, which also shows that the program is alive. */
const drawn = (label: () => string, text: Text, self: object) =>
  Effect.gen(function* () {
    const began = yield* Clock.currentTimeMillis
    const draw = Effect.flatMap(Clock.currentTimeMillis, (now) => {
      const told = text(Math.floor((now - began) / 1000))
      if (told === undefined || (drawing ?? self) !== self) return Effect.void
      drawing = self
      return write(startOfLine + row(label(), dim(fitRow(told))))
    })
    return yield* Effect.repeat(draw, Schedule.spaced("1 second"))
  })

const cleared = (self: object) =>
  Effect.suspend(() => {
    if (drawing !== self) return Effect.void
    drawing = undefined
    return write(startOfLine)
  })

/** In a log a wait is worth a line only when it is long. */
const noted = (label: () => string, text: Text, every: number) =>
  Effect.gen(function* () {
    for (let seconds = every; ; seconds += every) {
      yield* Effect.sleep(every * 1000)
      const told = text(seconds)
      if (told !== undefined) yield* Console.log(row(label(), told))
    }
  })

/** Tells what `effect` is doing for as long as it does; where no terminal is, `every` so many seconds. */
export const during =
  (label: string | (() => string), text: Text, every = 10) =>
  <A, E, R>(effect: Effect.Effect<A, E, R>) =>
    Effect.flatMap(Quiet, (isQuiet) => {
      if (isQuiet) return effect
      const isTerminal = canRedraw()
      const labelNow = typeof label === "string" ? () => label : label
      const self = {}
      const telling = isTerminal ? drawn(labelNow, text, self) : noted(labelNow, text, every)
      return Effect.acquireUseRelease(
        Effect.forkChild(telling, { startImmediately: true }),
        () => effect,
        (fiber) => Effect.andThen(Fiber.interrupt(fiber), cleared(self))
      )
    })
