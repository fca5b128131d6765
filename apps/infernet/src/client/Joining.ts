/** Link codes, approvals and sign-in links, from the control plane of this home or, with a key for it, from one elsewhere. */
import type { NodeId } from "@infernet/contract/Id"
import { LinkCodeCreated } from "@infernet/contract/LinkCode"
import { NodeView } from "@infernet/contract/Node"
import { SignInLink } from "@infernet/contract/Session"
import { Effect, Option, Schema } from "effect"
import { HttpClientRequest } from "effect/http"
import { decode, send } from "./api.ts"
import { Local } from "./Local.ts"
import * as Target from "./Target.ts"

/** Runs the one where a control plane runs from this home, and nobody names another; else the other. */
const either = Effect.fnUntraced(function* <A, E, R, E2, R2>(
  given: Option.Option<string>,
  here: (local: Local["Service"]) => Effect.Effect<A, E, R>,
  there: (target: Target.Target) => Effect.Effect<A, E2, R2>
) {
  const local = yield* Local
  if (Option.isNone(given) && (yield* Effect.isSuccess(local.overview))) return yield* here(local)
  return yield* there(yield* Target.find(given))
})

/** A code, and the address that the machine which brings it has to be told. */
export const createLinkCode = (given: Option.Option<string>) =>
  either(
    given,
    (local) =>
      Effect.all({
        url: local.url,
        created: local.administer((admin) => admin.createLinkCode())
      }),
    (target) =>
      send(target, HttpClientRequest.post("/api/v1/link-codes")).pipe(
        Effect.flatMap(decode(LinkCodeCreated)),
        Effect.map((created) => ({ url: target.url, created }))
      )
  )

/** Signs one browser in to the administrator's account here, or to that of the key elsewhere. */
export const createSignInLink = (given: Option.Option<string>) =>
  either(
    given,
    (local) => local.administer((admin) => admin.createSignInLink()),
    (target) => Effect.flatMap(send(target, HttpClientRequest.post("/api/v1/sessions/links")), decode(SignInLink))
  )

const Nodes = Schema.Struct({ nodes: Schema.Array(NodeView) })

export const listNodes = (given: Option.Option<string>) =>
  either(
    given,
    (local) =>
      Effect.map(
        local.administer((admin) => admin.listNodes()),
        ({ nodes }) => nodes
      ),
    (target) =>
      send(target, HttpClientRequest.get("/api/v1/nodes")).pipe(
        Effect.flatMap(decode(Nodes)),
        Effect.map(({ nodes }) => nodes)
      )
  )

export const approveNode = (given: Option.Option<string>, id: NodeId) =>
  either(
    given,
    (local) => local.administer((admin) => admin.approveNode({ params: { id } })),
    (target) => Effect.flatMap(send(target, HttpClientRequest.post(`/api/v1/nodes/${id}/approve`)), decode(NodeView))
  )
