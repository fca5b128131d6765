/** Which control plane a client command talks to, and with which key. */
import { Home } from "@infernet/platform/Home"
import { Effect, Option, type Redacted } from "effect"
import * as options from "../settings/options.ts"
import { Failure } from "../terminal/exit.ts"
import { Local } from "./Local.ts"
import * as LocalKey from "./LocalKey.ts"

export interface Target {
  /** Without a slash at its end. */
  readonly url: string
  readonly key: Redacted.Redacted
  /** Where the key is from, for whoever must replace it. */
  readonly keyFrom: string
}

const tokenVariable = "INFERNET_BEARER_TOKEN"

const here = Effect.gen(function* () {
  const key = yield* LocalKey.read
  if (Option.isSome(key)) return { key: key.value, keyFrom: `of ${(yield* Home).root}, renewed by \`infernet start\`` }
  const make = `make one with \`infernet api-key create\` and set ${tokenVariable} to it`
  return yield* new Failure({ message: `there is no API key in this home: ${make}` })
})

/** Nothing has to run here for who asks a network elsewhere. */
const orElsewhere = ({ message }: Failure) =>
  new Failure({ message: `${message}, or name a network with --control-plane` })

/**
 * The address given, else that of what runs from this home. The key is the environment's; this home's own is shown to
 * nobody but this home's control plane.
 */
export const find = Effect.fnUntraced(function* (flag: Option.Option<string>) {
  const local = yield* Local
  const given = yield* options.controlPlane(flag)
  const token = yield* options.bearerToken
  const url = Option.isSome(given) ? given.value : yield* Effect.mapError(local.url, orElsewhere)
  if (Option.isSome(token)) return { url, key: token.value, keyFrom: `in ${tokenVariable}` } satisfies Target
  const isOurs = yield* Effect.orElseSucceed(
    Effect.map(local.overview, (overview) => overview.url === url),
    () => false
  )
  if (isOurs) return { url, ...(yield* here) } satisfies Target
  return yield* new Failure({ message: `no API key for ${url}: set ${tokenVariable} to one that it gave you` })
})
