/** Reads control frames of the link: what is unknown is passed over, what is malformed is a reason to close. */
import { JobMessage, limits, PlaneMessage, planeMessageTypes } from "@infernet/contract/Link"
import { Result, Schema } from "effect"

/** A dispatch whose request is not read yet: one that this node cannot read costs its attempt, not the link. */
export const JobEnvelope = Schema.Struct({ ...JobMessage.fields, request: Schema.optionalKey(Schema.Unknown) })
export type JobEnvelope = typeof JobEnvelope.Type

export type ReadableMessage = Exclude<PlaneMessage, { readonly type: "job" }> | JobEnvelope

const decodeFrame = Schema.decodeUnknownResult(
  Schema.fromJsonString(
    Schema.Array(
      Schema.StructWithRest(Schema.Struct({ type: Schema.String }), [Schema.Record(Schema.String, Schema.Unknown)])
    )
  )
)
const decodeJob = Schema.decodeUnknownResult(JobEnvelope)
const decodeOther = Schema.decodeUnknownResult(PlaneMessage)

/** The messages of a frame, in order; a reason in words when it is not a well-formed frame. */
export const read = (data: string | Uint8Array): ReadonlyArray<ReadableMessage> | string => {
  if (typeof data !== "string") return "a control plane sends no binary frames"
  if (data.length > limits.frameBytes) return `a frame is over ${limits.frameBytes} bytes`
  const frame = decodeFrame(data)
  if (Result.isFailure(frame)) return "a frame is not a JSON array of messages"
  const messages: Array<ReadableMessage> = []
  for (const item of frame.success) {
    if (!planeMessageTypes.has(item.type)) continue
    const message: Result.Result<ReadableMessage, Schema.SchemaError> =
      item.type === "job" ? decodeJob(item) : decodeOther(item)
    if (Result.isFailure(message)) return `a message of type ${item.type} is malformed: ${message.failure.message}`
    messages.push(message.success)
  }
  return messages
}
