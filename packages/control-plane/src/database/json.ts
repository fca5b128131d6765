/** JSON in text columns: PostgreSQL's own JSON types refuse strings that a model may well produce (NUL). */
import { Schema } from "effect"

export const JsonText = <S extends Schema.Constraint>(schema: S) => Schema.fromJsonString(schema)

/** Text that a `text` column accepts: without NUL or half characters, and not longer than `limit`. */
export const storable = (text: string, limit = 2_000): string =>
  text.replaceAll("\u0000", "").slice(0, limit).toWellFormed()
