/** Reads a receipt that somebody hands over: nothing in it may go unread, as nothing unread is signed. */
import { type JobUsage, Receipt } from "@infernet/contract/Receipt"
import { Result, Schema } from "effect"

const decodeReceipt = Schema.decodeUnknownResult(Receipt, { onExcessProperty: "error" })

const sha256 = /^[0-9a-f]{64}$/
const endsInDigest = /@[0-9a-f]{64}$/

/** What the types of EIP-712 hold. */
const most = { uint64: 2n ** 64n - 1n, uint128: 2n ** 128n - 1n }

const tooLarge = ({ cumulative, usage }: Receipt): string | undefined => {
  if (BigInt(cumulative) > most.uint128) return "cumulative is over 128 bits"
  if (BigInt(usage.amount) > most.uint128) return "usage.amount is over 128 bits"
  if (BigInt(usage.input_micros_per_1k) > most.uint64) return "usage.input_micros_per_1k is over 64 bits"
  if (BigInt(usage.output_micros_per_1k) > most.uint64) return "usage.output_micros_per_1k is over 64 bits"
  return undefined
}

/** Name and digest are hashed as one text, which must be one of one reading only. */
const ambiguous = ({ model, model_digest }: JobUsage): string | undefined => {
  if (model_digest !== undefined && !sha256.test(model_digest)) return "usage.model_digest is no SHA-256 in hexadecimal"
  if (model_digest === undefined && endsInDigest.test(model))
    return "usage.model ends in a digest, which has its own field"
  return undefined
}

/** The receipt, or what is wrong with its form. */
export const decode = (document: unknown): Result.Result<Receipt, string> => {
  const decoded = decodeReceipt(document)
  if (Result.isFailure(decoded)) return Result.fail(decoded.failure.message.replaceAll(/\s*\n\s*/g, " "))
  const wrong = tooLarge(decoded.success) ?? ambiguous(decoded.success.usage)
  return wrong === undefined ? Result.succeed(decoded.success) : Result.fail(wrong)
}
