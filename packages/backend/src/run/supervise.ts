/**
 * Keeps a server running: started, waited for, started again when it dies, given up when that has no use.
 *
 *   starting ──healthy──▶ serving ──ends──▶ pause (1 s, doubling to 60 s) ──▶ starting
 *      └──ends before it ever answered──▶ given up          └──six times in a row──▶ given up
 */
import { Clock, Data, Effect } from "effect"
import { FetchHttpClient } from "effect/http"
import type * as LastLines from "./LastLines.ts"
import { type End, start } from "./Process.ts"
import { decide, none, type Tally } from "./restart.ts"
import { host, type Server } from "./Server.ts"

export type News =
  | { readonly _tag: "Starting"; readonly pid: number }
  | { readonly _tag: "Healthy"; readonly millis: number }
  | { readonly _tag: "Ended"; readonly end: End; readonly afterMillis: number }

/** It does not start, or does not stay; `lines` are the last that it printed. */
export class GaveUp extends Data.TaggedError("GaveUp")<{
  readonly server: string
  readonly reason: "never_started" | "keeps_dying"
  readonly end: End
  readonly lines: ReadonlyArray<string>
}> {
  override get message() {
    const how = endOf(this.end)
    return this.reason === "never_started"
      ? `${this.server} ended before it was ready (${how})`
      : `${this.server} ends again and again, now ${how}`
  }
}

/** `exit code 1` or `SIGKILL`. */
export const endOf = ({ code, signal }: End): string =>
  signal === null ? `exit code ${code ?? "unknown"}` : String(signal)

const pollMillis = 500
const answerWithin = "10 seconds"

export interface Options {
  readonly server: Server
  readonly program: string
  readonly args: ReadonlyArray<string>
  readonly port: number
  /** Everything that it prints. */
  readonly log: (text: string) => Effect.Effect<void>
  readonly lines: LastLines.LastLines
  readonly tell: (news: News) => Effect.Effect<void>
}

/** Completes once the server says that it takes requests; a large model may take as long as it needs. */
const healthy = Effect.fnUntraced(function* (url: string, fetch: typeof globalThis.fetch) {
  const asked = Effect.tryPromise((signal) => fetch(url, { signal, proxy: false })).pipe(
    Effect.tap((response) => Effect.promise(async () => response.body?.cancel())),
    Effect.map(({ ok }) => ok),
    Effect.timeoutOption(answerWithin),
    Effect.map((answer) => answer._tag === "Some" && answer.value),
    // Not there yet.
    Effect.orElseSucceed(() => false)
  )
  while (!(yield* asked)) yield* Effect.sleep(pollMillis)
})

/** Runs until it is interrupted, which stops the server, or fails when the server is given up. */
export const supervise = Effect.fnUntraced(function* (options: Options) {
  const { args, lines, log, port, program, server, tell } = options
  const fetch = yield* FetchHttpClient.Fetch
  const url = `http://${host}:${port}${server.health}`

  const life = Effect.gen(function* () {
    const began = yield* Clock.currentTimeMillis
    const child = yield* start(program, args, (text) => {
      lines.add(text)
      return log(text)
    })
    yield* tell({ _tag: "Starting", pid: child.pid })
    let wasHealthy = false
    const waiting = Effect.gen(function* () {
      yield* healthy(url, fetch)
      wasHealthy = true
      yield* tell({ _tag: "Healthy", millis: (yield* Clock.currentTimeMillis) - began })
      return yield* Effect.never
    })
    const end = yield* Effect.raceFirst(child.ended, waiting)
    return { end, wasHealthy, millis: (yield* Clock.currentTimeMillis) - began }
  }).pipe(Effect.scoped)

  let tally: Tally = none
  while (true) {
    const { end, millis, wasHealthy } = yield* life
    const decision = decide(tally, { millis, wasHealthy })
    if (decision._tag === "GiveUp") {
      return yield* new GaveUp({ server: server.name, reason: decision.reason, end, lines: lines.all() })
    }
    tally = decision.tally
    yield* tell({ _tag: "Ended", end, afterMillis: decision.afterMillis })
    yield* Effect.sleep(decision.afterMillis)
  }
})
