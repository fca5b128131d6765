/** A caller who may do all that its account may: a key that is for some models only is for chats with them alone. */
import { Caller } from "@infernet/contract/api/Authorization"
import { Effect } from "effect"
import { deniesManaging } from "../account/keyRules.ts"

export const manager = Effect.gen(function* () {
  const caller = yield* Caller
  const denied = deniesManaging(caller)
  return denied === undefined ? caller : yield* denied
})
