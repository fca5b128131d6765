/**
 * Runs the embedded engine long and hard, and prints what a person wants to know: does its memory stay, is it as fast at
 * the end, how long does it go on after a cancel. Not a test: numbers differ by machine. `bun test/embedded/soak.ts`
 */
import { readFileSync } from "node:fs"
import { Effect, Fiber } from "effect"
import { ask as asking } from "../replay.ts"
import { longChat, start, temporary } from "./engine.ts"

const ask = (text: string, max_tokens = 40) => asking(text, { max_tokens })
const say = (line: string) => void process.stdout.write(`${line}\n`)
const words = (count: number, from: number) => Array.from({ length: count }, (_, i) => `Echo word${from + i}`)

const megabytes = (bytes: number) => `${(bytes / 1e6).toFixed(0)} MB`

/** What a process has in memory; Linux tells. */
const residentBytes = (pid: number | undefined) =>
  Number(/VmRSS:\s+(\d+) kB/.exec(readFileSync(`/proc/${pid}/status`, "utf8"))?.[1] ?? 0) * 1024

const timed = <A, E>(work: Effect.Effect<A, E>) =>
  Effect.gen(function* () {
    const before = performance.now()
    const result = yield* work
    return { result, millis: performance.now() - before }
  })

const program = Effect.gen(function* () {
  const engine = yield* start(yield* temporary)
  const chat = (text: string) => engine.chat(ask(text), () => undefined)
  const memory = () =>
    `engine ${megabytes(residentBytes(engine.pid()))}, daemon ${megabytes(residentBytes(process.pid))}`

  const row = yield* timed(Effect.forEach(words(100, 0), chat))
  say(`100 chats in a row: ${row.millis.toFixed(0)} ms; ${memory()}`)
  const batch = yield* timed(Effect.forEach(words(20, 100), chat, { concurrency: "unbounded" }))
  say(`20 at once over 4 slots: ${batch.millis.toFixed(0)} ms; ${memory()}`)
  for (let round = 1; round <= 10; round++) {
    const { millis } = yield* timed(Effect.forEach(words(100, round * 1000), chat, { concurrency: 4 }))
    say(`${round * 100} of 1000 short chats, four at a time: ${millis.toFixed(0)} ms; ${memory()}`)
  }
  const late: Array<number> = []
  for (let round = 0; round < 20; round++) {
    const fiber = yield* longChat(engine)
    const { millis } = yield* timed(
      Effect.andThen(
        Fiber.interrupt(fiber),
        // All four slots have to be free for these.
        Effect.forEach(words(4, 9000 + round * 4), (text) => engine.chat(ask(text, 1), () => undefined), {
          concurrency: 4
        })
      )
    )
    late.push(millis)
  }
  say(`from a cancel to four free slots, a token on each: ${Math.max(...late).toFixed(0)} ms at most of 20`)
})

await Effect.runPromise(Effect.scoped(program))
process.exit(0)
