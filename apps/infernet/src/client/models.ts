/** The models a control plane offers now. */
import { ModelView } from "@infernet/contract/api/Network"
import { Effect, Option, Schema } from "effect"
import { HttpClientRequest } from "effect/http"
import * as options from "../settings/options.ts"
import { Failure } from "../terminal/exit.ts"
import { decode, send } from "./api.ts"
import type { Target } from "./Target.ts"

const Models = Schema.Struct({ models: Schema.Array(ModelView) })

export const list = (target: Target) =>
  send(target, HttpClientRequest.get("/api/v1/models")).pipe(
    Effect.flatMap(decode(Models)),
    Effect.map(({ models }) => models)
  )

/** The model asked for, else `INFERNET_MODEL`, else the first that chats and is no toy, else the toy. */
export const choose = Effect.fnUntraced(function* (target: Target, asked: Option.Option<string>) {
  const name = yield* options.model(asked)
  if (Option.isSome(name)) return name.value
  const models = (yield* list(target)).filter(({ capabilities }) => capabilities.includes("chat"))
  const chosen = models.find(({ demo }) => !demo) ?? models[0]
  if (chosen === undefined) {
    return yield* new Failure({ message: "no model is online: wait for a node, or look at `infernet status`" })
  }
  return chosen.id
})
