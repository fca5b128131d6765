/** A dispatch as messages: a request too large for one frame follows in parts. */
import type { AttemptId, JobId } from "@infernet/contract/Id"
import type { JobRequest } from "@infernet/contract/JobRequest"
import { limits, type PlaneMessage } from "@infernet/contract/Link"
import type { Voucher } from "@infernet/contract/Receipt"

/** Each inner list is one frame. Cut by characters: even where each takes 3 bytes and is escaped, a part fits a frame. */
export const dispatchFrames = (
  attempt: AttemptId,
  binding: number,
  job: JobId,
  request: JobRequest,
  voucher?: Voucher
): ReadonlyArray<ReadonlyArray<PlaneMessage>> => {
  const json = JSON.stringify(request)
  const message = { type: "job", attempt, binding, job, ...(voucher && { voucher }) } as const
  const size = limits.requestPartBytes / 2
  if (json.length <= size) return [[{ ...message, request }]]
  const count = Math.ceil(json.length / size)
  const parts = Array.from({ length: count }, (_, index): PlaneMessage => {
    return { type: "part", attempt, index, text: json.slice(index * size, (index + 1) * size) }
  })
  return [[{ ...message, request_parts: count }], ...parts.map((part) => [part])]
}
