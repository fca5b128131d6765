/** An answer as its schema writes it, for handlers that read their own bodies. */
import { Schema } from "effect"
import { HttpServerResponse } from "effect/http"

type Options = NonNullable<Parameters<typeof HttpServerResponse.jsonUnsafe>[1]>

/** Gives the function that makes answers of values. */
export const encoded = <S extends Schema.ConstraintEncoder<unknown>>(schema: S) => {
  const encode = Schema.encodeSync(schema)
  return (value: S["Type"], options?: Options): HttpServerResponse.HttpServerResponse =>
    HttpServerResponse.jsonUnsafe(encode(value), options)
}
