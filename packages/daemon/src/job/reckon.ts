/** What this node counts of an attempt that has ended, for its bill to be held against. */
import type { JobId } from "@infernet/contract/Id"
import type { JobRequest } from "@infernet/contract/JobRequest"
import type { ModelOffer } from "@infernet/contract/Node"
import { lowered, type Price } from "@infernet/contract/Price"
import type { Hash } from "@infernet/contract/Receipt"
import type { Ask } from "@infernet/payment/price/ask"
import { sentOf } from "@infernet/payment/bill/sent"
import { outputCeiling } from "@infernet/payment/price/ceiling"
import { responseBytes, responseHash } from "@infernet/payment/receipt/hashes"
import { priceOffer } from "../node/asking.ts"
import type { FinishedAttempt } from "../receipt/Finished.ts"
import type { Attempt } from "./Attempt.ts"

/** What of the request is needed for it: the request itself may be megabytes, and is let go of. */
export interface Asked {
  readonly job: JobId
  readonly requestHash: Hash
  readonly promptBytes: number
  readonly maxTokens: number
}

export const askedOf = (job: JobId, request: JobRequest, requestHash: Hash): Asked => ({
  job,
  requestHash,
  promptBytes: Number(sentOf(request).bytes),
  maxTokens: outputCeiling(request)
})

/** What the operator asks for a model, as far as it is under the list price; `undefined`: nothing. */
export const askOf = (asks: ReadonlyArray<Ask>, offer: ModelOffer | undefined): Price | undefined => {
  const { ask, list } = offer === undefined ? {} : priceOffer(asks, offer)
  return ask && list && lowered(list, ask)
}

/** Of one that has ended. */
export const reckon = ({ end, output, price }: Attempt, asked: Asked): FinishedAttempt => {
  const bytes = responseBytes(output)
  const tokens = end?.usage && { prompt: end.usage.prompt_tokens, completion: end.usage.completion_tokens }
  return {
    ...asked,
    responseHash: responseHash(output),
    responseBytes: bytes.text + bytes.reasoning + bytes.tool_call,
    tokens,
    price,
    isCut: end?.type !== "done"
  }
}
