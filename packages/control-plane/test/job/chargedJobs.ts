/** Charged jobs and bills as stores take them, and both kinds of store with the ledger that they settle in. */
import { type NodeId, ReceiptId } from "@infernet/contract/Id"
import { ChannelId, type ChannelTerms, noChain, zeroAddress, zeroHash } from "@infernet/contract/Receipt"
import type { NewBill } from "@infernet/control-plane/bill/NewBill"
import type { Ending, JobStore, NewJob } from "@infernet/control-plane/job/JobStore"
import * as JobStoreMemory from "@infernet/control-plane/job/JobStoreMemory"
import { BooksMemory } from "@infernet/control-plane/ledger/BooksMemory"
import type { Ledger } from "@infernet/control-plane/ledger/Ledger"
import * as LedgerSql from "@infernet/control-plane/ledger/LedgerSql"
import { Effect, Layer } from "effect"
import { SqlClient } from "effect/sql"
import { attemptId, cancelled, finished, jobId, newJob, node, sqlLayer } from "./storedJobs.ts"

export const channelId = (n: number) => ChannelId.make(`0x${n.toString(16).padStart(64, "0")}`)
export const feeBps = 1_500

export const charged = (n: number, ceiling: bigint, part: Partial<NewJob> = {}): NewJob =>
  newJob(n, { quote: { ceiling, price: { input_micros_per_1k: 250n, output_micros_per_1k: 1_000n } }, ...part })

export const bill = (n: number, amount: bigint, fence = 1, channel = channelId(1)): NewBill => ({
  id: ReceiptId.make(`cpr_${attemptId(n * 10 + fence).slice(4)}`),
  channel,
  amount,
  usageHash: zeroHash,
  usage: {
    job_id: jobId(n),
    attempt_id: attemptId(n * 10 + fence),
    previous: zeroHash,
    model: "m",
    request_hash: zeroHash,
    response_hash: zeroHash,
    prompt_tokens: 1,
    completion_tokens: 1,
    input_micros_per_1k: "250",
    output_micros_per_1k: "1000",
    amount: String(amount),
    started_at: 0,
    finished_at: 1
  },
  basis: { claimed_prompt_tokens: 1, claimed_completion_tokens: 1, prompt_bytes: 1, response_bytes: 1 }
})

export const paid = (n: number, amount: bigint, fence = 1): Ending => ({
  ...finished(n, fence),
  bill: bill(n, amount, fence)
})
export const stopped = (n: number, amount: bigint): Ending => ({ ...cancelled(n), bill: bill(n, amount) })

const terms = (of: NodeId): ChannelTerms => ({
  payer: zeroAddress,
  payer_signer: zeroAddress,
  node_id: of,
  fee_bps: feeBps,
  need: 2,
  withdraw_delay: 0,
  salt: zeroHash
})

/** A node and the channel over which it is billed. */
export const channel = Effect.fnUntraced(function* (of: NodeId, id: ChannelId, replica = "r1") {
  const sql = yield* SqlClient.SqlClient
  yield* sql`
    insert into node (id, public_key, name, version, registered_at) values (${of}, ${of}, 'n', '1.0.0', now())
    on conflict do nothing`
  yield* sql`
    insert into channel (id, node_id, replica, chain_id, contract, terms, fee_bps, created_at)
    values (${id}, ${of}, ${replica}, 0, ${noChain.contract}, ${JSON.stringify(terms(of))}, ${feeBps}::integer, now())`
})

const inMemory = Layer.effectDiscard(
  Effect.map(BooksMemory, ({ channels }) => channels.set(channelId(1), { feeBps, seq: 0n, cumulative: 0n }))
).pipe(Layer.provideMerge(JobStoreMemory.layer))

const inPostgres = LedgerSql.layer.pipe(
  Layer.provideMerge(Layer.effectDiscard(channel(node, channelId(1)))),
  Layer.provideMerge(sqlLayer)
)

export const stores: ReadonlyArray<readonly [string, Layer.Layer<JobStore | Ledger, unknown>]> = [
  ["in memory", inMemory],
  ["in PostgreSQL", inPostgres]
]
