/** Used nonces in PostgreSQL: the primary key is the check, so a restart or another replica replays nothing. */
import { ReplayGuard } from "@infernet/auth/ReplayGuard"
import { nonceLifeSeconds } from "@infernet/contract/SignedRequest"
import { DateTime, Effect, Layer, Schedule } from "effect"
import { SqlClient } from "effect/sql"
import { away } from "../database/away.ts"

export const layer = Layer.effect(
  ReplayGuard,
  Effect.gen(function* () {
    const sql = yield* SqlClient.SqlClient

    const sweep = Effect.flatMap(
      DateTime.now,
      (now) => sql`delete from nonce where expires_at < ${DateTime.toDate(now)}`
    )
    yield* sweep.pipe(
      Effect.ignoreCause({ log: "Warn", message: "expired nonces could not be deleted" }),
      Effect.repeat(Schedule.spaced("1 minute")),
      Effect.forkScoped
    )

    return ReplayGuard.of({
      claim: Effect.fnUntraced(function* (node, nonce) {
        const expires = DateTime.toDate(DateTime.add(yield* DateTime.now, { seconds: nonceLifeSeconds }))
        const inserted = yield* sql`
          insert into nonce (node_id, nonce, expires_at) values (${node}, ${nonce}, ${expires})
          on conflict do nothing returning nonce`
        return inserted.length === 1
      }, away)
    })
  })
)
