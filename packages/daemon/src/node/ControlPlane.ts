/** The control plane as this node sees it: a few signed requests over HTTP. */
import type { Identity } from "@infernet/auth/Identity"
import { signRequest } from "@infernet/auth/SignRequest"
import { reason } from "@infernet/backend/http/Site"
import { Info } from "@infernet/contract/api/Network"
import { CommandAck, type CommandReport } from "@infernet/contract/Command"
import type { CommandId, ControlPlaneId } from "@infernet/contract/Id"
import { type Heartbeat, HeartbeatReply, type Registration, Rotated, type Rotation } from "@infernet/contract/Node"
import { CountersignedBills, type SignedBills } from "@infernet/contract/Receipt"
import { header } from "@infernet/contract/SignedRequest"
import { Context, Data, Effect, Layer, Option, Redacted, Schema, Stream } from "effect"
import { SecureRandom } from "effect/crypto"
import { HttpClient, HttpClientRequest, type HttpClientResponse, type HttpMethod } from "effect/http"
import type { LinkAddress } from "../link/LinkTransport.ts"
import { Keyring } from "./Keyring.ts"

/** It does not answer, or not now: trying again is right. */
export class ControlPlaneAway extends Data.TaggedError("ControlPlaneAway")<{ readonly message: string }> {}

/** It answers, and will not have it. `message` is its own sentence. */
export class ControlPlaneRefused extends Data.TaggedError("ControlPlaneRefused")<{
  readonly status: number
  readonly message: string
}> {}

type Response = HttpClientResponse.HttpClientResponse
type Read<A> = (response: Response) => Answer<A>
/** Its key is added as the request is signed with it. */
type Keyless<Body> = Omit<Body, "public_key">
type Answer<A> = Effect.Effect<A, ControlPlaneAway | ControlPlaneRefused>

export class ControlPlane extends Context.Service<
  ControlPlane,
  {
    readonly info: Answer<typeof Info.Type>
    readonly register: (id: ControlPlaneId, body: Keyless<Registration>) => Answer<void>
    readonly heartbeat: (id: ControlPlaneId, body: Keyless<Heartbeat>) => Answer<HeartbeatReply>
    /** What became of a command; may be repeated. */
    readonly report: (id: ControlPlaneId, command: CommandId, body: CommandReport) => Answer<CommandAck>
    /** Signed bills and disputes, by HTTP; may be repeated. */
    readonly receipts: (id: ControlPlaneId, body: typeof SignedBills.Type) => Answer<typeof CountersignedBills.Type>
    readonly leave: (id: ControlPlaneId) => Answer<void>
    /** Announces the key that signs from now on; with the API key of whoever may say so. May be repeated. */
    readonly rotate: (
      id: ControlPlaneId,
      next: Identity["Service"],
      apiKey: Redacted.Redacted,
      body: Keyless<Rotation>
    ) => Answer<Rotated>
    /** Where and with which header the link opens; signed now, so to be used now. */
    readonly linkAddress: (id: ControlPlaneId) => Effect.Effect<LinkAddress>
  }
>()("@infernet/daemon/node/ControlPlane") {
  /** `baseUrl` may be http(s) or ws(s), and may have a path. */
  static readonly layer = (baseUrl: string) =>
    Layer.effect(
      ControlPlane,
      Effect.suspend(() => make(baseUrl))
    )
}

const patienceMillis = 10_000
const answerBytes = 1 << 20
const empty = new Uint8Array()

const make = Effect.fnUntraced(function* (baseUrl: string) {
  const keyring = yield* Keyring
  const client = yield* HttpClient.HttpClient
  const random = yield* SecureRandom.SecureRandom
  const base = new URL(baseUrl.replace(/^ws/, "http"))
  const at = (path: string) => new URL(`${base.pathname.replace(/\/$/, "")}${path}`, base)
  const node = `/api/v1/nodes/${keyring.id}`

  const sign = (key: Identity["Service"], controlPlane: ControlPlaneId, method: string, url: URL, body: Uint8Array) =>
    signRequest(key, { controlPlane, method, path: url.pathname + url.search, body }).pipe(
      Effect.provideService(SecureRandom.SecureRandom, random)
    )

  const away = ({ cause, message }: { readonly message: string; readonly cause?: unknown }) =>
    new ControlPlaneAway({
      message: `${base.host} does not answer: ${cause instanceof Error && "code" in cause ? reason(cause) : message}`
    })

  /** The whole exchange, body and all, has `patienceMillis`. */
  const send = <A>(request: HttpClientRequest.HttpClientRequest, read: Read<A>): Answer<A> =>
    client.execute(request).pipe(
      Effect.mapError(away),
      Effect.flatMap(accepted),
      Effect.flatMap(read),
      Effect.timeout(patienceMillis),
      Effect.catchTag("TimeoutError", (error) => Effect.fail(away(error)))
    )

  interface ToSign<A> {
    readonly id: ControlPlaneId
    readonly method: HttpMethod.HttpMethod
    readonly path: string
    readonly read: Read<A>
    readonly body?: (key: Identity["Service"]) => unknown
    readonly apiKey?: Redacted.Redacted
  }

  const signedBy = Effect.fnUntraced(function* <A>(key: Identity["Service"], asked: ToSign<A>) {
    const { apiKey, body, id, method, path, read } = asked
    const url = at(path)
    const bytes = body === undefined ? empty : new TextEncoder().encode(JSON.stringify(body(key)))
    const request = HttpClientRequest.make(method)(url).pipe(
      HttpClientRequest.setHeader(header, yield* sign(key, id, method, url, bytes)),
      body === undefined ? same : HttpClientRequest.bodyUint8Array(bytes, "application/json"),
      apiKey === undefined ? same : HttpClientRequest.bearerToken(Redacted.value(apiKey))
    )
    return yield* send(request, read)
  })

  /** By the other key as well where it is not known which of two is the node's, and the first one is refused. */
  const signed = Effect.fnUntraced(function* <A>(asked: ToSign<A>) {
    const first = keyring.current()
    const attempt = (key: Identity["Service"]) =>
      Effect.tap(signedBy(key, asked), () => keyring.accepted(key.publicKey))
    return yield* attempt(first).pipe(
      Effect.catchIf(isOfKey, (error) =>
        keyring.refused(first.publicKey) ? attempt(keyring.current()) : Effect.fail(error)
      )
    )
  })

  return ControlPlane.of({
    info: send(HttpClientRequest.get(at("/api/v1/info")), as(Info)),
    register: (id, body) => signed({ id, method: "POST", path: node, read: unread, body: withKey(body) }),
    heartbeat: (id, body) =>
      signed({ id, method: "POST", path: `${node}/heartbeat`, read: as(HeartbeatReply), body: withKey(body) }),
    report: (id, command, body) =>
      signed({ id, method: "POST", path: `${node}/commands/${command}`, read: as(CommandAck), body: () => body }),
    receipts: (id, body) =>
      signed({ id, method: "POST", path: `${node}/receipts`, read: as(CountersignedBills), body: () => body }),
    leave: (id) => signed({ id, method: "DELETE", path: node, read: unread }),
    rotate: (id, next, apiKey, body) =>
      signedBy(next, { id, method: "POST", path: `${node}/rotate`, read: as(Rotated), body: withKey(body), apiKey }),
    linkAddress: (id) => {
      const url = at(`${node}/link`)
      return Effect.map(sign(keyring.current(), id, "GET", url, empty), (value) => ({
        url: url.href.replace(/^http/, "ws"),
        headers: { [header]: value }
      }))
    }
  })
})

const withKey =
  <Body extends object>(body: Body) =>
  ({ publicKey }: Identity["Service"]) => ({ public_key: publicKey, ...body })

const same = (request: HttpClientRequest.HttpClientRequest) => request

/** As it answers when it does not take the signature. */
const isOfKey = (error: ControlPlaneAway | ControlPlaneRefused) =>
  error._tag === "ControlPlaneRefused" && error.status === 401

const unread: Read<void> = () => Effect.void

/** A whole body, unless it is larger than any answer of a control plane. */
const text = Effect.fnUntraced(function* (response: Response) {
  const decoder = new TextDecoder()
  let [text, bytes] = ["", 0]
  const take = (part: Uint8Array): Answer<void> => {
    bytes += part.length
    if (bytes <= answerBytes) return Effect.sync(() => void (text += decoder.decode(part, { stream: true })))
    const message = `its answer is not a control plane's: it is over ${answerBytes} bytes`
    return Effect.fail(new ControlPlaneRefused({ status: response.status, message }))
  }
  yield* response.stream.pipe(
    Stream.mapError(({ message }) => new ControlPlaneAway({ message: `its answer broke off: ${message}` })),
    Stream.runForEach(take)
  )
  return text + decoder.decode()
})

const as =
  <A>(schema: Schema.Decoder<A>): Read<A> =>
  (response) =>
    text(response).pipe(
      Effect.flatMap(Schema.decodeUnknownEffect(Schema.fromJsonString(schema))),
      Effect.catchTag("SchemaError", ({ message }) => {
        const { status } = response
        return Effect.fail(
          new ControlPlaneRefused({ status, message: `its answer is not a control plane's: ${message}` })
        )
      })
    )

const Sentence = Schema.Struct({ error_message: Schema.String.check(Schema.isMaxLength(2048)) })

/** Success as it is; else the control plane's own sentence, as something that time may mend or not. */
const accepted = Effect.fnUntraced(function* (response: Response) {
  const { status } = response
  if (status >= 200 && status < 300) return response
  const body = yield* Effect.option(as(Sentence)(response))
  const message = Option.isSome(body) ? body.value.error_message : `it answered with status ${status}`
  if (status >= 500 || status === 429) return yield* new ControlPlaneAway({ message })
  return yield* new ControlPlaneRefused({ status, message })
})
