/** Requests as they arrive over one link, some of them in parts: out comes a whole request or a refusal. */
import type { AttemptId } from "@infernet/contract/Id"
import { JobRequest } from "@infernet/contract/JobRequest"
import { type AttemptFault, close, type Part } from "@infernet/contract/Link"
import { outputCeiling } from "@infernet/payment/price/ceiling"
import { dispatchedHash } from "@infernet/payment/receipt/hashes"
import { Result, Schema } from "effect"
import type { JobEnvelope } from "../link/frames.ts"
import type { LinkWriter } from "../link/LinkWriter.ts"
import type { Vouchers } from "../receipt/Vouchers.ts"
import type { Jobs, Refusal } from "./Jobs.ts"

/** One request in parts, and all together that are on their way or being answered, in UTF-16 units. */
const longestRequest = 32 << 20
const longestInAll = 128 << 20

interface Coming {
  readonly job: JobEnvelope
  readonly parts: Array<string>
  length: number
}

const decodeRequest = Schema.decodeUnknownResult(JobRequest)
const decodeText = Schema.decodeUnknownResult(Schema.fromJsonString(Schema.Unknown))

export class Intake {
  readonly #coming = new Map<AttemptId, Coming>()
  readonly #jobs: Jobs["Service"]
  readonly #vouchers: Vouchers["Service"]
  readonly #writer: LinkWriter
  #length = 0

  constructor(jobs: Jobs["Service"], vouchers: Vouchers["Service"], writer: LinkWriter) {
    this.#jobs = jobs
    this.#vouchers = vouchers
    this.#writer = writer
  }

  /** A dispatch, whole or with its parts to follow; those are accepted at once, for the parts may take their time. */
  job(job: JobEnvelope): void {
    const { attempt, request, request_parts } = job
    const refusal = this.#jobs.refusal(this.#coming.size)
    if (refusal !== undefined) return this.#writer.message({ type: "refused", attempt, ...refusal })
    if (request_parts === undefined) return this.#begin(job, request)
    if (this.#coming.has(attempt)) return this.#writer.close(close.malformed, `attempt ${attempt} is coming already`)
    this.#coming.set(attempt, { job, parts: [], length: 0 })
    this.#writer.message({ type: "accepted", attempt })
  }

  part({ attempt, index, text }: typeof Part.Type): void {
    const coming = this.#coming.get(attempt)
    // The rest of a request that was refused or cancelled meanwhile.
    if (coming === undefined) return
    if (index !== coming.parts.length) return this.#writer.close(close.malformed, `part ${index} is out of order`)
    coming.parts.push(text)
    coming.length += text.length
    this.#length += text.length
    if (coming.length > longestRequest || this.#length + this.#jobs.requestLength() > longestInAll) {
      this.forget(attempt)
      return this.#failed(attempt, "overloaded", "the request is larger than this node takes at this moment")
    }
    if (coming.parts.length < (coming.job.request_parts ?? 0)) return
    this.forget(attempt)
    // What is no JSON is no request either.
    this.#begin(coming.job, Result.getOrUndefined(decodeText(coming.parts.join(""))), coming)
  }

  /** Ends an attempt whose request is still on its way; false when it is not. */
  cancel(attempt: AttemptId): boolean {
    if (!this.forget(attempt)) return false
    this.#failed(attempt, "cancelled", "cancelled by the control plane")
    return true
  }

  forget(attempt: AttemptId): boolean {
    this.#length -= this.#coming.get(attempt)?.length ?? 0
    return this.#coming.delete(attempt)
  }

  /** `came` says that it was in parts: then the control plane has been told already that it is accepted. */
  #begin(envelope: JobEnvelope, json: unknown, came?: Coming): void {
    const { attempt, binding, job, voucher } = envelope
    const [accepted, requestLength] = [came !== undefined, came?.length ?? 0]
    const refuse = ({ error, reason }: Refusal) =>
      accepted
        ? this.#failed(attempt, error, reason)
        : this.#writer.message({ type: "refused", attempt, error, reason: reason.slice(0, 2048) })
    const read = decodeRequest(json)
    if (Result.isFailure(read)) {
      return refuse({ error: "bad_request", reason: `this node cannot read the request: ${read.failure.message}` })
    }
    const request = read.success
    const asked = { attempt, model: request.model, maxTokens: outputCeiling(request), voucher }
    const unpaid = this.#vouchers.refusal(asked)
    if (unpaid !== undefined) return refuse(unpaid)
    const [requestHash, writer] = [dispatchedHash(json), this.#writer]
    this.#jobs.begin({ attempt, binding, job, request, requestHash, requestLength, writer, accepted })
  }

  #failed(attempt: AttemptId, error: AttemptFault, message: string): void {
    this.#writer.message({ type: "failed", attempt, seq: 0, error, message: message.slice(0, 2048) })
  }
}
