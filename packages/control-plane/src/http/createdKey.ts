/** The one answer that carries a key: nobody on the way may keep it. */
import { ApiKeyCreated } from "@infernet/contract/Account"
import { Redacted, Schema } from "effect"
import { HttpServerResponse } from "effect/http"
import type { CreatedKey } from "../account/ApiKeys.ts"

const encode = Schema.encodeSync(ApiKeyCreated)

export const createdKey = ({ key, ...view }: CreatedKey): HttpServerResponse.HttpServerResponse =>
  HttpServerResponse.jsonUnsafe(encode({ ...view, key: Redacted.value(key) }), {
    headers: { "cache-control": "no-store" }
  })
