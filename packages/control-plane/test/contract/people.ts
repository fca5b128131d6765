/** Who sends requests in these tests: accounts with their keys, a node with its signature, a browser with its cookie. */
import { planeId } from "@infernet/testing/fakes/planeIdentity"
import { Identity } from "@infernet/auth/Identity"
import { signRequest } from "@infernet/auth/SignRequest"
import type { Plane } from "@infernet/testing/Network"
import { Context, Effect, Layer } from "effect"
import { SecureRandom } from "effect/crypto"
import type { Operation } from "./operations.ts"

const random = SecureRandom.layerWebCrypto
const controlPlane = planeId

/** What is sent, beside who sends it. */
export interface Sent {
  readonly method: string
  /** With its query. */
  readonly path: string
  readonly headers: Readonly<Record<string, string>>
  readonly body: Uint8Array<ArrayBuffer> | undefined
}

/** The headers by which somebody is known. */
export type Sender = (sent: Sent) => Effect.Effect<Readonly<Record<string, string>>>

export const nobody: Sender = () => Effect.succeed({})

export const withKey =
  (key: string): Sender =>
  () =>
    Effect.succeed({ authorization: `Bearer ${key}` })

export const newIdentity = Effect.map(
  Layer.build(Layer.fresh(Layer.provide(Identity.layerRandom, random))),
  (context) => Context.get(context, Identity)
)

export const signedBy =
  (identity: Identity["Service"]): Sender =>
  ({ body, method, path }) =>
    Effect.map(
      Effect.provide(signRequest(identity, { controlPlane, method, path, body: body ?? new Uint8Array() }), random),
      (signature) => ({ "x-infernet-auth": signature })
    )

export const both =
  (one: Sender, other: Sender): Sender =>
  (sent) =>
    Effect.zipWith(one(sent), other(sent), (a, b) => ({ ...a, ...b }))

/** A page of this control plane, in a browser that has this cookie. */
export const browserWith =
  (plane: Plane, cookie: string | undefined): Sender =>
  () =>
    Effect.succeed({
      "sec-fetch-site": "same-origin",
      "user-agent": "Mosaic/1.0",
      origin: plane.url,
      ...(cookie !== undefined && { cookie })
    })

/** A request to an operation: its path with these parts, its query, its body. */
export const sentTo = (
  { method, path }: Operation,
  parts: {
    readonly path?: Readonly<Record<string, string>>
    readonly query?: Readonly<Record<string, string>>
    readonly headers?: Readonly<Record<string, string>>
    readonly body?: string | undefined
  }
): Sent => {
  const filled = path.replace(/:([a-z]+)/g, (_, name: string) => encodeURIComponent(parts.path?.[name] ?? ""))
  const query = new URLSearchParams(parts.query).toString()
  const mayHaveBody = method !== "GET" && method !== "HEAD"
  const body = parts.body === undefined || !mayHaveBody ? undefined : new TextEncoder().encode(parts.body)
  return {
    method,
    path: query === "" ? filled : `${filled}?${query}`,
    headers: { ...(body !== undefined && { "content-type": "application/json" }), ...parts.headers },
    body
  }
}

export interface Received {
  readonly status: number
  readonly headers: Headers
  readonly text: string
}

const receive = async (plane: Plane, { body, headers, method, path }: Sent): Promise<Received> => {
  const response = await fetch(`${plane.url}${path}`, { method, headers, ...(body !== undefined && { body }) })
  return { status: response.status, headers: response.headers, text: await response.text() }
}

/** The whole answer to what this person sends. */
export const send = (plane: Plane, sender: Sender, sent: Sent): Effect.Effect<Received> =>
  Effect.flatMap(sender(sent), (known) =>
    Effect.promise(() => receive(plane, { ...sent, headers: { ...sent.headers, ...known } }))
  )
