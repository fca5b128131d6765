/** Reads a JSON body: limited, decoded, and refused with the name of what is wrong. */
import { BadRequest, PayloadTooLarge } from "@infernet/contract/ApiError"
import { ByteSize, Duration, Effect, Schema } from "effect"
import { HttpIncomingMessage, type HttpServerError, type HttpServerRequest } from "effect/http"
import { badRequest } from "./failure.ts"

/** Deeper than any request of ours, or any tool's arguments; recursion over hostile input stays shallow. */
const depthLimit = 64

/** Whether JSON, or what is to be, nests deeper. */
export const isTooDeep = (text: string): boolean => {
  let depth = 0
  let inString = false
  for (let i = 0; i < text.length; i++) {
    const code = text.charCodeAt(i)
    if (inString) {
      if (code === 0x5c) i++
      else if (code === 0x22) inString = false
    } else if (code === 0x22) inString = true
    else if (code === 0x5b || code === 0x7b) {
      if (++depth > depthLimit) return true
    } else if (code === 0x5d || code === 0x7d) depth--
  }
  return false
}

const mebibyte = 1 << 20

/** The largest body of a client, of a node, and of somebody who is yet to be known, in MiB. */
export const limits = { client: 20, node: 1, signIn: 1 } as const

const unreadable = (limit: number) => (error: HttpServerError.HttpServerError) =>
  error.reason._tag === "RequestParseError" && error.reason.reason === "BodyTooLarge"
    ? new PayloadTooLarge({ error_message: `the body is over ${limit} MiB` })
    : new BadRequest({ error_message: "the body could not be read to its end" })

/** Seconds that a body may take: half a minute, and at 64 KiB a second what was announced, or else may come. */
const patience = (announced: string | undefined, limit: number): number => {
  const most = limit * mebibyte
  const bytes = announced === undefined ? most : Math.min(Number(announced), most)
  return 30 + Math.ceil(bytes / (64 << 10))
}

/** The body's bytes, while they come; read once, however often asked. */
export const readBytes = (request: HttpServerRequest.HttpServerRequest, limit: number = limits.client) => {
  const seconds = patience(request.headers["content-length"], limit)
  const tooSlow = new BadRequest({ error_message: `the body did not come within ${seconds} s: send it without pauses` })
  return request.arrayBuffer.pipe(
    Effect.provideService(HttpIncomingMessage.MaxBodySize, ByteSize.mebibytes(limit)),
    Effect.mapBoth({ onSuccess: (buffer) => new Uint8Array(buffer), onFailure: unreadable(limit) }),
    Effect.timeoutOrElse({ duration: Duration.seconds(seconds), orElse: () => Effect.fail(tooSlow) })
  )
}

const decodeUtf8 = (bytes: Uint8Array) =>
  Effect.try({
    try: () => new TextDecoder("utf-8", { fatal: true }).decode(bytes),
    catch: () => new BadRequest({ error_message: "the body is not valid UTF-8" })
  })

const parse = (text: string) =>
  Effect.try({
    try: (): unknown => JSON.parse(text),
    catch: (cause) =>
      new BadRequest({ error_message: `the body is not valid JSON (${cause instanceof Error ? cause.message : "?"})` })
  })

/** Decodes bytes as JSON of this schema. `excess`: whether fields it does not know are an error or ignored. */
export const decodeJson = Effect.fnUntraced(function* <S extends Schema.ConstraintDecoder<unknown>>(
  bytes: Uint8Array,
  schema: S,
  excess: "error" | "ignore"
) {
  const text = yield* decodeUtf8(bytes)
  if (isTooDeep(text))
    return yield* new BadRequest({ error_message: `the body nests deeper than ${depthLimit} levels` })
  const value = yield* parse(text)
  return yield* Effect.mapError(Schema.decodeUnknownEffect(schema, { onExcessProperty: excess })(value), badRequest)
})

export const readJson = Effect.fnUntraced(function* <S extends Schema.ConstraintDecoder<unknown>>(
  request: HttpServerRequest.HttpServerRequest,
  schema: S,
  excess: "error" | "ignore",
  limit: number = limits.client
) {
  const type = request.headers["content-type"] ?? ""
  if (!/^application\/json\s*(;|$)/i.test(type)) {
    return yield* new BadRequest({
      field: "content-type",
      error_message: `content-type: expected application/json, got ${type === "" ? "none" : type.slice(0, 100)}`
    })
  }
  return yield* decodeJson(yield* readBytes(request, limit), schema, excess)
})
