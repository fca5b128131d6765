/** Questions to a server whose answers only make us wiser: a route that is not there is an answer too. */
import type { Capability } from "@infernet/contract/Node"
import { Effect } from "effect"
import { BackendError } from "../Backend.ts"
import { type JsonRecord, recordOf, stringOf } from "../http/json.ts"
import { json, patience, request, send, type Site, text } from "../http/Site.ts"

/** Faults of a server that is away or not ready yet, as against one that has no such route. */
const away: ReadonlySet<BackendError["fault"]> = new Set(["backend_unreachable", "overloaded", "timeout"])

const unless = <A>(effect: Effect.Effect<A, BackendError>, instead: A): Effect.Effect<A, BackendError> =>
  effect.pipe(
    Effect.catchIf(
      ({ fault }) => !away.has(fault),
      () => Effect.succeed(instead)
    )
  )

/** The JSON object there, an empty one where there is none. */
export const about = (site: Site, path: string, body?: JsonRecord): Effect.Effect<JsonRecord, BackendError> =>
  unless(Effect.map(json(site, path, body), recordOf), {})

/** The page there, an empty one where there is none. */
export const page = (site: Site, path: string): Effect.Effect<string, BackendError> => unless(text(site, path), "")

/** A version as it stands in such an answer. */
export const versionIn = (answer: JsonRecord, field = "version"): string | undefined =>
  stringOf(answer[field])?.slice(0, 256)

/** 404 and 405 for a route that is not there, 501 for one that its model has no use for. */
const missing: ReadonlySet<number> = new Set([404, 405, 501])

/** Whether something takes requests there, by an empty one, which costs no computing. */
const takes = (site: Site, path: string): Effect.Effect<boolean, BackendError> =>
  request(site, async (signal) => {
    const response = await send(site, path, { method: "POST", body: {}, signal })
    await response.body?.cancel()
    return response.status
  }).pipe(
    Effect.flatMap((status) =>
      status === 503
        ? Effect.fail(new BackendError({ fault: "overloaded", message: `${site.name} is not ready yet (503)` }))
        : Effect.succeed(!missing.has(status))
    ),
    Effect.timeoutOrElse({
      duration: patience,
      orElse: () =>
        Effect.fail(
          new BackendError({ fault: "timeout", message: `${site.name} took more than ${patience} to answer ${path}` })
        )
    })
  )

const routes: ReadonlyArray<readonly [path: string, capabilities: ReadonlyArray<Capability>]> = [
  ["/v1/chat/completions", ["chat", "tools", "json", "logprobs"]],
  ["/v1/completions", ["completion"]],
  ["/v1/embeddings", ["embedding"]]
]

/** What its routes say that it can do. */
export const abilities = (site: Site): Effect.Effect<ReadonlyArray<Capability>, BackendError> =>
  Effect.forEach(routes, ([path, capabilities]) => Effect.map(takes(site, path), (can) => (can ? capabilities : [])), {
    concurrency: "unbounded"
  }).pipe(Effect.map((found) => found.flat()))
