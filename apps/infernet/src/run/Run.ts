/**
 * This run of the program: how it was started, whether it serves yet, and how it comes to its end.
 *
 *   starting ──ready──▶ serving ──asked──▶ draining ──nothing runs, or time is up──▶ over
 */
import type { Jobs } from "@infernet/daemon/job/Jobs"
import { Clock, Config, Context, DateTime, Effect, Latch, Layer, Option } from "effect"
import { version } from "../version.ts"
import type { End, How, RunView, Then } from "./RunApi.ts"

/** Set by whoever starts this program in the background. */
export const howVariable = "INFERNET_STARTED"

const how = Config.Literals(["foreground", "detached", "service"], howVariable).pipe(
  Config.withDefault<How>("foreground")
)

/** Set by systemd for what writes to its journal. */
const journal = Config.option(Config.String("JOURNAL_STREAM"))

export interface Over {
  /** What is to follow. */
  readonly then: Then
  /** Jobs that run still, as their time is up. */
  readonly cut: number
}

type Counts = Pick<Jobs["Service"], "inflight" | "retire" | "running">

export class Run extends Context.Service<
  Run,
  {
    readonly how: How
    /** Whether somebody sees or keeps what it prints besides its log: a terminal, or systemd's journal. */
    readonly isHeard: boolean
    readonly view: Effect.Effect<RunView>
    /** Jobs reach it now. */
    readonly ready: Effect.Effect<void>
    /** What has to happen before they do; nothing once it has. */
    readonly waitsFor: (reason: string | undefined) => void
    /** Jobs of this process, whose ends a stop waits for. */
    readonly drains: (jobs: Counts) => void
    /** Begins to end, or to end sooner. */
    readonly end: (asked: typeof End.Type) => Effect.Effect<void>
    /** Completes when it has been asked to end and nothing is left to wait for. */
    readonly over: Effect.Effect<Over>
  }
>()("infernet/run/Run") {
  static readonly layer = Layer.effect(
    Run,
    Effect.suspend(() => make)
  )
}

/** Ends are written down within moments, or by a control plane that is away much later: that is not waited for. */
const acknowledgedWithin = 5_000
const lookEvery = 50

const make = Effect.gen(function* () {
  const startedHow = yield* how
  const isHeard = startedHow === "foreground" || (startedHow === "service" && Option.isSome(yield* journal))
  const startedAt = DateTime.formatIso(yield* DateTime.now)
  const asked = yield* Latch.make()
  let isReady = false
  let waiting: string | undefined
  let jobs: Counts | undefined
  let ending: { readonly then: Then; readonly by: number } | undefined

  const counts = () => {
    const running = jobs?.running() ?? 0
    return { running, unacknowledged: (jobs?.inflight().length ?? 0) - running }
  }

  const view = Effect.sync((): RunView => ({
    pid: process.pid,
    version,
    started_at: startedAt,
    how: startedHow,
    args: process.argv.slice(2),
    ready: isReady,
    ...(waiting !== undefined && !isReady && { waiting }),
    jobs: counts(),
    ...(ending && { ending: { then: ending.then, by: DateTime.formatIso(DateTime.makeUnsafe(ending.by)) } })
  }))

  const end = Effect.fnUntraced(function* ({ then, within_ms }: typeof End.Type) {
    const by = (yield* Clock.currentTimeMillis) + within_ms
    if (ending === undefined && jobs !== undefined) yield* jobs.retire
    ending = { then, by: Math.min(by, ending?.by ?? by) }
    yield* asked.open
  })

  const over = Effect.gen(function* () {
    yield* asked.await
    let idleSince: number | undefined
    while (true) {
      const now = yield* Clock.currentTimeMillis
      const { running, unacknowledged } = counts()
      idleSince = running > 0 ? undefined : (idleSince ?? now)
      const isIdle = idleSince !== undefined && (unacknowledged === 0 || now - idleSince >= acknowledgedWithin)
      if (ending !== undefined && (isIdle || now >= ending.by)) return { then: ending.then, cut: running }
      yield* Effect.sleep(lookEvery)
    }
  })

  return Run.of({
    how: startedHow,
    isHeard,
    view,
    ready: Effect.sync(() => void (isReady = true)),
    waitsFor: (reason) => void (waiting = reason),
    drains: (all) => void (jobs = all),
    end,
    over
  })
})
