/** The one answer that carries a key: nobody on the way may keep it. */
import { Redacted } from "effect"
import { HttpServerResponse } from "effect/http"
import type { CreatedKey } from "../account/ApiKeys.ts"

export const createdKey = ({ key, ...view }: CreatedKey): HttpServerResponse.HttpServerResponse =>
  HttpServerResponse.jsonUnsafe({ ...view, key: Redacted.value(key) }, { headers: { "cache-control": "no-store" } })
