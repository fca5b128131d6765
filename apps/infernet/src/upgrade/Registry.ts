/** What the registry has of this program: its versions, and how to know each for what it is. */
import { Effect, Redacted, Schema, Stream } from "effect"
import { HttpClient, HttpClientRequest } from "effect/http"
import { Failure } from "../terminal/exit.ts"
import type { NpmConfig } from "./npmConfig.ts"

export const packageName = "infernet"

const Release = Schema.Struct({
  version: Schema.String,
  engines: Schema.optionalKey(Schema.Record(Schema.String, Schema.String)),
  dist: Schema.Struct({ integrity: Schema.String.check(Schema.isPattern(/^sha512-[A-Za-z0-9+/=]+$/)) })
})
export type Release = typeof Release.Type

const Package = Schema.fromJsonString(
  Schema.Struct({
    "dist-tags": Schema.Record(Schema.String, Schema.String),
    versions: Schema.Record(Schema.String, Schema.Unknown)
  })
)

const largest = 32 * 1024 * 1024
const patience = "30 seconds"

const failed = (registry: string, why: string) => new Failure({ message: `the registry ${registry} ${why}` })

const body = Effect.fnUntraced(function* ({ authorization, registry }: NpmConfig) {
  const client = yield* HttpClient.HttpClient
  const request = HttpClientRequest.get(`${registry}/${packageName}`).pipe(
    // The short form: what installing needs.
    HttpClientRequest.setHeader("accept", "application/vnd.npm.install-v1+json, application/json;q=0.8"),
    authorization === undefined
      ? (same) => same
      : HttpClientRequest.setHeader("authorization", Redacted.value(authorization))
  )
  const response = yield* client.execute(request)
  if (response.status === 404) return yield* failed(registry, `has no package ${packageName}`)
  if (response.status >= 400) return yield* failed(registry, `answered ${response.status}: look at your npm settings`)
  let [size, text] = [0, ""]
  const decoder = new TextDecoder()
  yield* Stream.runForEach(response.stream, (part) => {
    size += part.length
    text += decoder.decode(part, { stream: true })
    return size > largest ? Effect.fail(failed(registry, "sent more than any package has to say")) : Effect.void
  })
  return text
})

/** All versions, and which one is the newest for everybody. */
export const look = Effect.fnUntraced(function* (config: NpmConfig) {
  const { registry } = config
  const text = yield* body(config).pipe(
    Effect.timeout(patience),
    Effect.catchTags({
      HttpClientError: () => Effect.fail(failed(registry, "does not answer: try again when this machine is online")),
      TimeoutError: () => Effect.fail(failed(registry, `has not answered within ${patience}`))
    })
  )
  const found = yield* Effect.mapError(Schema.decodeUnknownEffect(Package)(text), () =>
    failed(registry, "does not answer as a registry does: look at your npm settings")
  )
  return { latest: found["dist-tags"]["latest"], versions: found.versions }
})

/** One of them; fails where it is not there, or cannot be told from another by its checksum. */
export const release = Effect.fnUntraced(function* (
  registry: string,
  versions: Readonly<Record<string, unknown>>,
  version: string
) {
  const found = Object.hasOwn(versions, version) ? versions[version] : undefined
  if (found === undefined) {
    const newest = Object.keys(versions).toSorted(Bun.semver.order).slice(-5).join(", ")
    return yield* failed(registry, `has no version ${version}; there are ${newest || "none"}`)
  }
  return yield* Effect.mapError(Schema.decodeUnknownEffect(Release)(found), () =>
    failed(registry, `gives no sha512 checksum of version ${version}: it is not installed without one`)
  )
})
