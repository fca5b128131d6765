/** A database that does not answer, as clients and nodes are told of it. */
import { Unavailable } from "@infernet/contract/ApiError"
import { Effect, type Schema } from "effect"
import { SqlError } from "effect/sql"

export const unavailable = () =>
  new Unavailable({ error_message: "the database does not answer at this moment: try again in a few seconds" })

/**
 * Rows that are not of their schema are our own mistake; whatever else is wrong with a statement may pass. So may what a
 * transaction dies of: its connection was gone when it was to be undone, and so it is undone.
 */
export const away = <A>(
  effect: Effect.Effect<A, SqlError.SqlError | Schema.SchemaError>
): Effect.Effect<A, Unavailable> =>
  effect.pipe(
    Effect.catchDefect((defect) => (SqlError.isSqlError(defect) ? Effect.fail(defect) : Effect.die(defect))),
    Effect.catchTag("SchemaError", (error) => Effect.die(error)),
    Effect.mapError(unavailable)
  )
