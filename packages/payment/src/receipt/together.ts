/** Whether genuine receipts go together: numbers and sums of their channels, and the segments of their jobs. */
import type { JobId, ReceiptId } from "@infernet/contract/Id"
import { usdc } from "@infernet/contract/Micros"
import { type ChannelId, type Hash, type Receipt, zeroHash } from "@infernet/contract/Receipt"
import { Equal } from "effect"
import { channelIdOf, usageHashOf } from "./digest.ts"
import { fail, type Finding, ok, warn } from "./Finding.ts"

const groupBy = <K, A>(items: ReadonlyArray<A>, key: (item: A) => K): ReadonlyMap<K, ReadonlyArray<A>> => {
  const groups = new Map<K, Array<A>>()
  for (const item of items) {
    const at = key(item)
    const group = groups.get(at)
    if (group === undefined) groups.set(at, [item])
    else group.push(item)
  }
  return groups
}

/** Each document once. What has the id of another and is not the same is a contradiction between signed words. */
const distinct = (receipts: ReadonlyArray<Receipt>) => {
  const first = new Map<ReceiptId, Receipt>()
  const contradictions: Array<Finding> = []
  for (const receipt of receipts) {
    const other = first.get(receipt.id)
    if (other === undefined) first.set(receipt.id, receipt)
    else if (!Equal.equals(other, receipt)) {
      contradictions.push(fail("numbers", `there are two receipts ${receipt.id} that differ: an attempt has one`))
    }
  }
  return { receipts: [...first.values()], contradictions }
}

/** From one receipt to the next that is here. */
const step = (before: Receipt, after: Receipt): Finding | undefined => {
  if (before.seq === after.seq) {
    return fail("numbers", `${before.id} and ${after.id} have one number, ${after.seq}, in one channel`)
  }
  const between = BigInt(after.cumulative) - BigInt(before.cumulative) - BigInt(after.usage.amount)
  const missing = after.seq - before.seq - 1
  if (between < 0n) {
    const why = "as where a bill before it was disputed after the other was signed"
    return warn(
      "sums",
      `${after.id} (number ${after.seq}) adds ${usdc(-between)} USDC too little to number ${before.seq}, ${why}`
    )
  }
  if (missing > 0) {
    const numbers = missing === 1 ? `number ${before.seq + 1} is` : `numbers ${before.seq + 1} to ${after.seq - 1} are`
    return warn(
      "sums",
      `${numbers} not among these: ${usdc(between)} USDC were earned with ${missing === 1 ? "it" : "them"}`
    )
  }
  if (between === 0n) return undefined
  const why = "as where a bill before the other was disputed after this one was signed"
  return warn(
    "sums",
    `${after.id} (number ${after.seq}) adds ${usdc(between)} USDC more than its amount to number ${before.seq}, ${why}`
  )
}

const ofChannel = (channel: ChannelId, receipts: ReadonlyArray<Receipt>): ReadonlyArray<Finding> => {
  const inOrder = receipts.toSorted((a, b) => a.seq - b.seq)
  const found = inOrder.slice(1).flatMap((after, i) => {
    const before = inOrder[i]
    return before === undefined ? [] : (step(before, after) ?? [])
  })
  if (found.length > 0) return found
  return [ok("sums", `numbers and sums of channel ${channel} follow one another over ${receipts.length} receipts`)]
}

const ofJob = (job: JobId, segments: ReadonlyArray<Receipt>): ReadonlyArray<Finding> => {
  const here = new Set<Hash>(segments.map(({ usage }) => usageHashOf(usage)))
  const forks = [...groupBy(segments, ({ usage }) => usage.previous)].flatMap(([previous, after]) => {
    if (after.length === 1) return []
    const which = after.map(({ id }) => id).join(" and ")
    return [fail("segments", `${which} of ${job} both ${previous === zeroHash ? "come first" : "follow one segment"}`)]
  })
  const torn = segments
    .filter(({ usage: { previous } }) => previous !== zeroHash && !here.has(previous))
    .map(({ id }) => warn("segments", `the segment of ${job} before ${id} is not among these`))
  const found = [...forks, ...torn]
  if (found.length > 0 || segments.length === 1) return found
  return [ok("segments", `${segments.length} segments of ${job} follow one another`)]
}

/** Receipts that `verifyReceipt` has found genuine, in any order. */
export const together = (genuine: ReadonlyArray<Receipt>): ReadonlyArray<Finding> => {
  const { contradictions, receipts } = distinct(genuine)
  const channels = groupBy(receipts, ({ domain, terms }) => channelIdOf(domain, terms))
  const jobs = groupBy(receipts, ({ usage }) => usage.job_id)
  return [
    ...contradictions,
    ...[...channels].flatMap(([channel, group]) => (group.length === 1 ? [] : ofChannel(channel, group))),
    ...[...jobs].flatMap(([job, group]) => ofJob(job, group))
  ]
}
