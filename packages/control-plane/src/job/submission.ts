/** Submissions on their way in and out of the store, and the refusals that clients may get instead. */
import { BadRequest, InsufficientFunds, ModelNotFound, NoCapacity } from "@infernet/contract/ApiError"
import { usdc } from "@infernet/contract/Micros"
import { kindOf } from "@infernet/contract/JobRequest"
import type { Capability } from "@infernet/contract/Node"
import type { Refusal } from "@infernet/routing/Router"
import { DateTime } from "effect"
import { dayOf } from "./day.ts"
import type { End } from "./JobLog.ts"
import type { DayLimits, NewAttempt, NewJob, OpenJob, StoredJob, Submit } from "./JobStore.ts"
import type { LiveJob, Submission } from "./LiveJob.ts"

/** More waits here than may. */
export const full = new NoCapacity({ error_message: "the network is full: more jobs wait than may" })

/** The field of a request by which it asks for more than a model can, and what that is in words. */
const asking: Record<Capability, readonly [field: string, act: string]> = {
  chat: ["model", "chat"],
  completion: ["model", "complete plain prompts"],
  embedding: ["model", "make embeddings"],
  tools: ["tools", "call tools"],
  json: ["response_format", "answer in a given form"],
  vision: ["messages", "see images"],
  logprobs: ["logprobs", "tell log probabilities"],
  reasoning: ["model", "reason"]
}

const lacking = (model: string, capability: Capability) => {
  const [field, act] = asking[capability]
  return new BadRequest({ field, error_message: `${field}: no node that serves ${model} can ${act}` })
}

/** Why no node may take the job, in words. */
export const refuse = (model: string, refusal: Exclude<Refusal, { readonly _tag: "Busy" }>) => {
  switch (refusal._tag) {
    case "Lacking":
      return lacking(model, refusal.capability)
    case "TooDear":
      return new BadRequest({
        field: "max_price_micros_per_1k",
        error_message:
          `max_price_micros_per_1k: no node serves ${model} at that price now: the lowest is ${refusal.lowest} ` +
          `micro-USDC for 1,000 output tokens`
      })
    case "NoNode":
      return new NoCapacity({ error_message: `no node that serves ${model} can take the job at this moment` })
    case "UnknownModel":
      return new ModelNotFound({
        error_message:
          refusal.nearest.length === 0
            ? `no node has ever served ${model}; none is connected`
            : `the network does not know ${model}; nearest names: ${refusal.nearest.join(", ")}`
      })
  }
}

/** What there is does not cover the job, in words. */
export const unfunded = (
  { request }: Pick<Submission, "request">,
  { available, needed }: Extract<Submit, { readonly _tag: "Unfunded" }>
) => {
  const shorter = "max_tokens" in request ? "lower max_tokens" : "ask for less at once"
  return new InsufficientFunds({
    error_message:
      `the job may cost up to ${usdc(needed)} USDC, and ${usdc(available)} USDC is available: ` +
      `deposit more, ${shorter}, or wait until running jobs have ended`
  })
}

/** Its owner, or whoever gave it its key, wants no more spent today. */
export const spentToday = (
  { most, spent, whose }: Extract<Submit, { readonly _tag: "Spent" }>,
  { createdAt, quote }: Pick<LiveJob, "createdAt" | "quote">
) =>
  new InsufficientFunds({
    error_message:
      `this ${whose} may spend ${usdc(most)} USDC a day, has spent or holds ${usdc(spent)}, and the job may cost up to ` +
      `${usdc(quote?.ceiling ?? 0n)}: the day ends at ${DateTime.formatIso(DateTime.add(dayOf(createdAt).start, { days: 1 }))}`
  })

/** The job's row. */
export const newJob = (
  job: LiveJob,
  submission: Submission,
  attempt: NewAttempt | null,
  dayLimits: DayLimits | null
): NewJob => ({
  id: job.id,
  account: job.account,
  keyId: submission.apiKey?.id ?? null,
  idempotencyKey: submission.idempotencyKey ?? null,
  requestHash: job.requestHash,
  kind: kindOf(submission.request),
  model: job.model,
  request: JSON.stringify(submission.request),
  metadata: submission.metadata === undefined ? null : JSON.stringify(submission.metadata),
  pin: submission.pin ?? null,
  timeoutSeconds: submission.timeoutSeconds ?? null,
  createdAt: job.createdAt,
  quote: job.quote,
  dayLimits,
  attempt
})

/** The last event of a stored job's stream; none while it is open. */
export const storedEnd = ({ error, errorMessage, result }: StoredJob): End | undefined => {
  if (result !== null) return { _tag: "Completed", finishReason: result.finish_reason, usage: result.usage }
  return error === null ? undefined : { _tag: "Failed", error, message: errorMessage ?? error }
}

/** What a client once submitted, from its row. */
export const submissionOf = ({
  account,
  idempotencyKey,
  keyId,
  metadata,
  pin,
  quote,
  request,
  requestHash,
  timeoutSeconds
}: OpenJob): Submission => ({
  account,
  // The models that it may ask for were looked at when it came.
  apiKey: keyId === null ? undefined : { id: keyId, models: null },
  idempotencyKey: idempotencyKey ?? undefined,
  requestHash,
  request,
  pin: pin ?? undefined,
  timeoutSeconds: timeoutSeconds ?? undefined,
  // A node that asks for more than is held must not have it.
  maxPrice: quote?.price.output_micros_per_1k,
  metadata: metadata ?? undefined
})
