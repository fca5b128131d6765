/** What the control plane tells: that it is there, its time, whether it knows this node and how. */
import { Info } from "@infernet/contract/api/Network"
import { NodeStatus, NodeView } from "@infernet/contract/Node"
import { Clock, DateTime, Effect, Option, Schema, Stream } from "effect"
import { HttpClient, HttpClientRequest, type HttpClientResponse } from "effect/http"
import { accept, decode, request } from "../client/api.ts"
import { Local } from "../client/Local.ts"
import type { Target } from "../client/Target.ts"
import { Failure } from "../terminal/exit.ts"
import { newest as newestOf } from "../upgrade/newest.ts"
import { type Known, known, type NodeFacts, type PlaneFacts, unknown } from "./Situation.ts"

const patience = "8 seconds"
/** The registry matters least: a check-up does not wait for it. */
const registryPatience = "2 seconds"

const told = <A, R>(asking: Effect.Effect<A, Failure, R>, url: string) =>
  asking.pipe(
    Effect.timeoutOrElse({
      duration: patience,
      orElse: () => Effect.fail(new Failure({ message: `${url} did not answer in ${patience}` }))
    }),
    Effect.match({
      onSuccess: (value): Known<A> => known(value),
      onFailure: ({ message }): Known<A> => unknown(message)
    })
  )

const get = Effect.fnUntraced(function* (url: string, path: string) {
  const client = yield* HttpClient.HttpClient
  return yield* Effect.mapError(
    client.execute(HttpClientRequest.get(`${url}${path}`)),
    () => new Failure({ message: `${url} does not answer` })
  )
})

export const plane = (url: string) =>
  told(
    Effect.gen(function* () {
      const sent = yield* Clock.currentTimeMillis
      const began = yield* Clock.monotonicTimeNanos
      const info = yield* Effect.flatMap(get(url, "/api/v1/info"), decode(Info))
      const millis = Number((yield* Clock.monotonicTimeNanos) - began) / 1e6
      const theirs = DateTime.make(info.server_time)
      if (Option.isNone(theirs)) return yield* new Failure({ message: `${url} tells no time` })
      // It looked at its clock about half way through.
      const aheadSeconds = (DateTime.toEpochMillis(theirs.value) - sent - millis / 2) / 1000
      const facts: PlaneFacts = { version: info.version, millis, aheadSeconds }
      return facts
    }),
    url
  )

const Status = Schema.Struct({ status: NodeStatus })

const statusOf = Effect.fnUntraced(function* (response: HttpClientResponse.HttpClientResponse) {
  if (response.status === 404) return "unregistered" as const
  return (yield* decode(Status)(response)).status
})

/** Its status needs no key; what it offers does. */
export const node = (url: string, id: string, target: Option.Option<Target>) =>
  told(
    Effect.gen(function* () {
      const status = yield* Effect.flatMap(get(url, `/api/v1/nodes/${id}/status`), statusOf)
      if (status === "unregistered" || Option.isNone(target)) return { status, models: undefined } satisfies NodeFacts
      const seen = yield* request(target.value, HttpClientRequest.get(`/api/v1/nodes/${id}`)).pipe(
        Effect.flatMap(accept(target.value)),
        Effect.flatMap(decode(NodeView)),
        // A key that the network refuses is the chat's to tell of.
        Effect.option
      )
      const models = Option.getOrUndefined(Option.map(seen, ({ models }) => models))
      return { status, models } satisfies NodeFacts as NodeFacts
    }),
    url
  )

export const database = (url: string) =>
  told(
    Effect.flatMap(get(url, "/ready"), ({ status }) =>
      status === 200 ? Effect.void : Effect.fail(new Failure({ message: "the database does not answer" }))
    ),
    url
  )

/** Whether the link of the node that runs here is open; `undefined` where none does. */
export const linked = Effect.gen(function* () {
  const { live } = yield* Local
  const link = yield* live.watch().pipe(
    Stream.unwrap,
    Stream.filter((part) => part._tag === "Link"),
    Stream.runHead,
    Effect.timeout(patience),
    Effect.option
  )
  return Option.getOrUndefined(Option.flatten(link))?.linked
})

export const newest = newestOf.pipe(
  Effect.timeoutOption(registryPatience),
  Effect.option,
  Effect.map((found) => Option.getOrUndefined(Option.flatten(found))),
  Effect.map((version) => (version === undefined ? unknown("the registry does not tell") : known(version)))
)
