/** Keeps a server running for `infernet backend run`, and tells its operator how it is doing. */
import { HardwareReadings } from "@infernet/backend/Hardware"
import { findProgram } from "@infernet/backend/run/findProgram"
import * as LastLines from "@infernet/backend/run/LastLines"
import { misplaced, type Server, type ServerKind } from "@infernet/backend/run/Server"
import { servers } from "@infernet/backend/run/servers"
import { endOf, type GaveUp, type News, supervise } from "@infernet/backend/run/supervise"
import { holderOf } from "@infernet/platform/Address"
import { Home } from "@infernet/platform/Home"
import { Console, Effect, Option, Queue } from "effect"
import { join } from "node:path"
import { Failure, untilStopped } from "../../terminal/exit.ts"
import * as logFile from "../../terminal/logFile.ts"
import * as npx from "../../terminal/npx.ts"
import { during } from "../../terminal/progress.ts"
import { bold, dim, fitRow, folded, green, onError, plain, row, yellow } from "../../terminal/style.ts"
import { span } from "../../terminal/bar.ts"
import { served } from "./served.ts"

export interface Wanted {
  readonly kind: ServerKind
  readonly model: string
  readonly extra: ReadonlyArray<string>
  readonly port: number | undefined
  readonly program: string | undefined
}

/** Advice above, the reason as the last line. */
const notInstalled = Effect.fnUntraced(function* (server: Server) {
  const { gpus } = yield* (yield* HardwareReadings).read
  const lines = server.install({ platform: process.platform, gpu: gpus[0]?.vendor })
  // Sentences, and commands to copy below them.
  yield* Console.error(`${lines.map((line) => (line.startsWith(" ") ? line : folded(line, 0))).join("\n")}\n`)
  const where = "the virtual environment, .venv or PATH"
  const message = `${server.name} is not installed: there is no ${server.program} in ${where}; name it with --program`
  return yield* new Failure({ message })
}, Effect.provide(HardwareReadings.layer))

/** Another server there would answer in this one's place. */
const mustBeFree = Effect.fnUntraced(function* (port: number) {
  const isFree = yield* Effect.sync(() => {
    try {
      Bun.listen({ hostname: "127.0.0.1", port, socket: { data: () => undefined } }).stop(true)
      return true
    } catch {
      return false
    }
  })
  if (isFree) return
  const holder = yield* holderOf(port)
  const who = Option.isSome(holder) ? ` by ${holder.value}` : ""
  return yield* new Failure({ message: `port ${port} is in use${who}: stop it, or choose another with --port` })
})

const found = (server: Server, port: number): string =>
  port === server.port
    ? `${dim("A node on this machine uses it from now on:")}\n\n  infernet start\n`
    : `${dim("For a node to look there:")}\n\n  ${server.hostVariable}=127.0.0.1:${port} infernet start\n`

const givenUp = (error: GaveUp, log: string) =>
  Effect.andThen(
    Console.error(error.lines.map((line) => onError.dim(`  ${plain(line)}`)).join("\n")),
    Effect.fail(new Failure({ message: `${error.message}: the lines above are its last, all are in ${log}` }))
  )

/** Never succeeds: it is interrupted, or fails. */
export const keepRunning = Effect.fnUntraced(function* (wanted: Wanted) {
  const server = servers[wanted.kind]
  const flag = misplaced(wanted.extra)
  if (flag !== undefined) {
    const message = `${flag} is this command's own: it serves this machine alone, on the port that --port says`
    return yield* new Failure({ message, code: 2 })
  }
  const model = yield* served(wanted.kind, wanted.model)
  const program = yield* findProgram(server.program, wanted.program)
  if (program === undefined) return yield* notInstalled(server)
  const port = wanted.port ?? server.port
  yield* mustBeFree(port)

  // Two of a kind write to files of their own, as each makes room in its own.
  const name = port === server.port ? server.kind : `${server.kind}-${port}`
  const logPath = join((yield* Home).logs, `${name}.log`)
  const log = yield* logFile.writer(logPath)
  const lines = LastLines.make()
  const args = [...server.args(model, port), ...wanted.extra]
  yield* Console.log(`${bold("infernet")} backend\n\n${row("server", fitRow(`${server.name}, ${program}`))}`)
  yield* Console.log(`${row("model", plain(model.alias ?? model.from))}\n${row("log", logPath)}`)
  yield* log(`\n$ ${[program, ...args].join(" ")}\n`)

  const news = yield* Queue.bounded<News>(16)
  const text = (seconds: number) => `${span(seconds)}  ${plain(lines.last())}`
  const telling = Effect.gen(function* () {
    let isReady = false
    let wasReady = false
    while (true) {
      const one = yield* isReady ? Queue.take(news) : during("starting", text)(Queue.take(news))
      if (one._tag === "Ended") {
        isReady = false
        const pause = span(one.afterMillis / 1000)
        yield* Console.log(row("ended", yellow(`${endOf(one.end)}; it is started again in ${pause}`)))
      }
      if (one._tag !== "Healthy") continue
      isReady = true
      yield* Console.log(
        row("ready", `${green(`http://127.0.0.1:${port}`)} ${dim(`after ${span(one.millis / 1000)}`)}`)
      )
      if (!wasReady) yield* Console.log(`\n  ${found(server, port)}`)
      wasReady = true
    }
  })
  const tell = (one: News) => Effect.asVoid(Queue.offer(news, one))
  const kept = supervise({ server, program, args, port, log, lines, tell })
  yield* untilStopped
  return yield* Effect.raceFirst(kept, telling).pipe(
    Effect.onInterrupt(() => Console.log("\nstopped")),
    Effect.raceFirst(npx.gone),
    Effect.catchTag("GaveUp", (error) => givenUp(error, logPath))
  )
})
