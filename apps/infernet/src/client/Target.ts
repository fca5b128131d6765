/** Which control plane a client command talks to, and with which key. */
import { Home } from "@infernet/platform/Home"
import { Effect, Option, type Redacted } from "effect"
import { apiKey } from "../settings/options.ts"
import { Failure } from "../terminal/exit.ts"
import { Local, notRunning } from "./Local.ts"
import * as LocalKey from "./LocalKey.ts"

export interface Target {
  /** Without a slash at its end. */
  readonly url: string
  readonly key: Redacted.Redacted
}

const localUrl = Effect.gen(function* () {
  const local = yield* Local
  const { root } = yield* Home
  const { url } = yield* Effect.mapError(local.admin.overview(), () => notRunning(root))
  return url
})

/** The address given, else that of this home; the key of the environment, else that of this home. */
export const find = Effect.fnUntraced(function* (controlPlane: Option.Option<string>) {
  const url = Option.isSome(controlPlane) ? controlPlane.value : yield* localUrl
  const given = yield* apiKey
  const key = Option.isSome(given) ? given : yield* LocalKey.read
  if (Option.isNone(key)) {
    return yield* new Failure({
      message: "no API key: set INFERNET_BEARER_TOKEN, or run `infernet start` to make one for this machine"
    })
  }
  return { url: url.replace(/\/+$/, ""), key: key.value } satisfies Target
})
