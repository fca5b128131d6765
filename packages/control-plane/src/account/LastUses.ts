/** When keys were last used: noted in memory, written once a minute, so that no request waits for it or costs a write. */
import type { ApiKeyId } from "@infernet/contract/Id"
import { Context, Effect, Layer, Schedule } from "effect"
import { SqlClient } from "effect/sql"

/** Keys noted between two writes; what is used past it is noted after the next. */
const notedLimit = 100_000

export class LastUses extends Context.Service<LastUses, { readonly note: (key: ApiKeyId, millis: number) => void }>()(
  "@infernet/control-plane/account/LastUses"
) {
  /** Writes what is left when it ends; what a killed process had noted is lost, a minute at most. */
  static readonly layer = Layer.effect(
    LastUses,
    Effect.gen(function* () {
      const sql = yield* SqlClient.SqlClient
      let noted = new Map<ApiKeyId, number>()

      const write = Effect.suspend(() => {
        if (noted.size === 0) return Effect.void
        const rows = noted
        noted = new Map()
        const json = JSON.stringify([...rows].map(([id, millis]) => ({ id, at: new Date(millis) })))
        return sql`
          update api_key set last_used_at = greatest(last_used_at, used.at)
            from json_to_recordset(${json}::json) as used(id text, at timestamptz)
           where api_key.id = used.id`.pipe(
          // They go with the next write, but for those used again since.
          Effect.onError(() => Effect.sync(() => (noted = new Map([...rows, ...noted]))))
        )
      })
      const quietly = Effect.ignoreCause(write, {
        log: "Warn",
        message: "when keys were last used could not be written"
      })

      yield* Effect.addFinalizer(() => Effect.asVoid(Effect.timeoutOption(quietly, "2 seconds")))
      yield* Effect.forkScoped(Effect.delay(Effect.repeat(quietly, Schedule.spaced("1 minute")), "1 minute"))

      return LastUses.of({
        note: (key, millis) => {
          if (noted.size < notedLimit || noted.has(key)) noted.set(key, millis)
        }
      })
    })
  )
}
