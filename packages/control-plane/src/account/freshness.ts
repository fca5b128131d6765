/** Reads from the database what changed what keys may do, so that nothing remembered of them is older than a second. */
import type { Unavailable } from "@infernet/contract/ApiError"
import { Clock, Deferred, Effect, Exit, FiberSet, Schema } from "effect"
import { SqlClient } from "effect/sql"
import { away, unavailable } from "../database/away.ts"

/** From then on what changed is read again, while what is remembered still counts. */
const agingMillis = 500
/** From then on it does not. */
const staleMillis = 1_000

const Version = Schema.Tuple([Schema.Struct({ version: Schema.BigInt })])
const Touched = Schema.Array(Schema.Struct({ entry: Schema.String }))

/** `forget` is told the hashes of keys and the ids of accounts that were touched. */
export const make = Effect.fnUntraced(function* (forget: (touched: ReadonlySet<string>) => void) {
  const sql = yield* SqlClient.SqlClient
  const clock = yield* Clock.Clock
  const fork = yield* FiberSet.makeRuntime<never>()
  const now = () => Number(clock.monotonicTimeNanosUnsafe()) / 1e6
  /** When the last reading that went well began. */
  let readAt = -Infinity
  let version: bigint | undefined
  let changes = 0
  let reading: Deferred.Deferred<void, Unavailable> | undefined

  const read = Effect.gen(function* () {
    const began = now()
    const [latest] = yield* Effect.flatMap(sql`select version from key_change`, Schema.decodeUnknownEffect(Version))
    if (version !== undefined && latest.version !== version) {
      const touched = yield* Effect.flatMap(
        sql`select hash as entry from api_key where changed > ${version} and changed > 0
            union all select id from account where changed > ${version} and changed > 0`,
        Schema.decodeUnknownEffect(Touched)
      )
      changes += 1
      forget(new Set(touched.map(({ entry }) => entry)))
    }
    version = latest.version
    readAt = began
  }).pipe(away, Effect.timeoutOrElse({ duration: "5 seconds", orElse: () => Effect.fail(unavailable()) }))

  /** One reading serves all who wait for it. It is nobody's own: who leaves does not end it. */
  const begin = (): Deferred.Deferred<void, Unavailable> => {
    if (reading !== undefined) return reading
    const done = Deferred.makeUnsafe<void, Unavailable>()
    reading = done
    fork(
      Effect.onExit(read, (exit) => {
        reading = undefined
        return Deferred.done(done, Exit.asVoid(exit))
      }).pipe(Effect.ignoreCause({ log: "Warn", message: "changed keys could not be read" }))
    )
    return done
  }

  return {
    /** Whether what is remembered still counts; sees to it that it goes on to. */
    isFresh: (): boolean => {
      const age = now() - readAt
      if (age >= agingMillis && age < staleMillis) begin()
      return age < staleMillis
    },
    /** Until what is remembered counts again. A reading that began before who waits for it came may be too old by then. */
    refresh: Effect.suspend(() => {
      const isJoined = reading !== undefined
      const read = Deferred.await(begin())
      return isJoined
        ? Effect.andThen(
            read,
            Effect.suspend(() => (now() - readAt < staleMillis ? Effect.void : Deferred.await(begin())))
          )
        : read
    }),
    /** Goes up with every reading that found something. */
    changes: (): number => changes,
    /** Something has changed just now: a reading under way may have missed it. */
    changed: Effect.suspend(() => {
      changes += 1
      readAt = -Infinity
      return reading === undefined ? Effect.void : Effect.ignore(Deferred.await(reading))
    }).pipe(Effect.andThen(Effect.sync(() => (readAt = -Infinity))), Effect.asVoid)
  }
})
