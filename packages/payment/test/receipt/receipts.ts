/** Receipts of jobs that nobody did, each genuine and unlike the others. */
import { Identity } from "@infernet/auth/Identity"
import * as Id from "@infernet/contract/Id"
import {
  type Bill,
  type Domain,
  type JobUsage,
  noChain,
  type Receipt,
  receiptIdOf,
  zeroHash
} from "@infernet/contract/Receipt"
import { amountOf } from "@infernet/payment/price/amount"
import { billDigest } from "@infernet/payment/receipt/digest"
import { Effect, Random, Redacted } from "effect"

const secret = (byte: number) => Identity.fromSecretKey(Redacted.make(new Uint8Array(32).fill(byte)))

export const node = secret(1)
export const plane = secret(2)
export const stranger = secret(3)

const hex = (bytes: number) =>
  Effect.map(
    Effect.forEach(Array.from({ length: bytes }), () => Random.nextIntBetween(0, 255)),
    (all) => `0x${Buffer.from(all).toString("hex")}`
  )

const one = <A>(...choices: readonly [A, ...Array<A>]) =>
  Effect.map(Random.nextIntBetween(0, choices.length - 1), (i) => choices[i] ?? choices[0])

const domain = Effect.gen(function* () {
  const onChain: Domain = { chain_id: yield* Random.nextIntBetween(1, 1_000_000), contract: yield* hex(20) }
  return yield* one(noChain, onChain)
})

/** A segment of a job, its amount as its tokens and prices have it. */
export const usage = Effect.fnUntraced(function* (changes: Partial<JobUsage> = {}) {
  const [prompt, completion] = [yield* Random.nextIntBetween(0, 100_000), yield* Random.nextIntBetween(0, 10_000)]
  const [input, output] = [yield* Random.nextIntBetween(1, 10_000), yield* Random.nextIntBetween(1, 50_000)]
  const price = { input_micros_per_1k: BigInt(input), output_micros_per_1k: BigInt(output) }
  const started = yield* Random.nextIntBetween(1_700_000_000, 1_800_000_000)
  const digest = yield* one<{ model_digest?: string }>({}, { model_digest: (yield* hex(32)).slice(2) })
  const all: JobUsage = {
    job_id: yield* Id.makeJobId,
    attempt_id: yield* Id.makeAttemptId,
    previous: yield* one(zeroHash, yield* hex(32)),
    model: `model:${yield* Random.nextIntBetween(1, 400)}b`,
    ...digest,
    request_hash: yield* hex(32),
    response_hash: yield* hex(32),
    prompt_tokens: prompt,
    completion_tokens: completion,
    input_micros_per_1k: `${input}`,
    output_micros_per_1k: `${output}`,
    amount: `${amountOf(price, BigInt(prompt), BigInt(completion))}`,
    started_at: started,
    finished_at: started + (yield* Random.nextIntBetween(0, 1_000))
  }
  return { ...all, ...changes }
})

export const bill = Effect.fnUntraced(function* (changes: Partial<Bill> = {}) {
  const segment = changes.usage ?? (yield* usage())
  const seq = yield* Random.nextIntBetween(1, 100_000)
  const all: Bill = {
    id: receiptIdOf(segment.attempt_id),
    domain: yield* domain,
    terms: {
      payer: yield* hex(20),
      payer_signer: yield* hex(20),
      node_id: node.id,
      fee_bps: yield* Random.nextIntBetween(0, 3_000),
      need: yield* one<2 | 3>(2, 3),
      withdraw_delay: yield* Random.nextIntBetween(3_600, 2_592_000),
      salt: yield* hex(32)
    },
    seq,
    cumulative: `${BigInt(segment.amount) + BigInt(yield* Random.nextIntBetween(0, 1_000_000))}`,
    usage: segment
  }
  return { ...all, ...changes }
})

export const signed = (
  bill: Bill,
  by: Identity["Service"] = node,
  countersigned: Identity["Service"] = plane
): Receipt => {
  const digest = billDigest(bill)
  return {
    ...bill,
    node_key: by.publicKey,
    node_signature: by.sign(digest),
    plane_key: countersigned.publicKey,
    plane_signature: countersigned.sign(digest)
  }
}

/** Of one channel, in order, each of its own job. */
export const channel = Effect.fnUntraced(function* (count: number) {
  const first = yield* bill()
  let cumulative = 0n
  const receipts: Array<Receipt> = []
  for (let seq = 1; seq <= count; seq++) {
    const segment = yield* usage({ previous: zeroHash })
    cumulative += BigInt(segment.amount)
    const id = receiptIdOf(segment.attempt_id)
    receipts.push(signed({ ...first, id, seq, cumulative: `${cumulative}`, usage: segment }))
  }
  return receipts
})
