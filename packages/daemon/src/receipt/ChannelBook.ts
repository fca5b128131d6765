/** One channel as its entries tell: what can be redeemed, what waits for a signature, and what was earned by day. */
import type { ReceiptId } from "@infernet/contract/Id"
import type { Bill, ChannelId, ChannelTerms, Domain, JobUsage, Receipt, Voucher } from "@infernet/contract/Receipt"
import type { ChannelBill, CountersignedEntry, DisputedEntry, Entry, Head, SignedEntry } from "./entries.ts"

/** In micro-USDC. `earned` is all that was billed, what was disputed of it included. */
export interface Sums {
  readonly bills: number
  readonly earned: bigint
  readonly signed: bigint
  readonly countersigned: bigint
  readonly disputed: bigint
}

export const nothing: Sums = { bills: 0, earned: 0n, signed: 0n, countersigned: 0n, disputed: 0n }

export const add = (a: Sums, b: Partial<Sums>): Sums => {
  const [signed, disputed] = [a.signed + (b.signed ?? 0n), a.disputed + (b.disputed ?? 0n)]
  const countersigned = a.countersigned + (b.countersigned ?? 0n)
  return { bills: a.bills + (b.bills ?? 0), earned: signed + disputed, signed, countersigned, disputed }
}

/** The day (UTC) on which the job of a usage ended: `2026-11-22`. */
export const dayOf = ({ finished_at }: JobUsage): string => new Date(finished_at * 1000).toISOString().slice(0, 10)

/** What became of a bill that was answered. */
export interface Past {
  readonly state: "signed" | "countersigned" | "disputed"
  readonly usage: JobUsage
  readonly reason?: string
}

/** Numbers of bills that are remembered. */
const numbered = 4_096

const later = (a: ReceiptId | undefined, b: ReceiptId | undefined): ReceiptId | undefined =>
  a === undefined || (b !== undefined && b > a) ? b : a

interface Countersigned {
  readonly signed: SignedEntry
  readonly countersigned: CountersignedEntry
}

export class ChannelBook {
  readonly id: ChannelId
  readonly domain: Domain
  readonly terms: ChannelTerms
  /** Signed, and not countersigned as far as is known, oldest first. */
  readonly open = new Map<ReceiptId, SignedEntry>()
  readonly days = new Map<string, Sums>()
  /** Which bill has which number, of those that were signed last. */
  readonly #numbers = new Map<number, ReceiptId>()
  readonly #told: (id: ReceiptId, past: Past) => void
  #voucher: Head["voucher"]
  #receipt: Countersigned | undefined
  #last: ReceiptId | undefined
  #dropped: ReceiptId | undefined

  /** `told` hears of every bill that was answered, in order. */
  constructor(id: ChannelId, head: Head, told: (id: ReceiptId, past: Past) => void = () => undefined) {
    this.id = id
    this.domain = head.domain
    this.terms = head.terms
    this.#told = told
    this.#voucher = head.voucher
    this.#last = head.last
    this.#dropped = head.dropped
    for (const { bills, countersigned, day, disputed, signed } of head.days) {
      const sums = { bills, signed: BigInt(signed), countersigned: BigInt(countersigned), disputed: BigInt(disputed) }
      this.days.set(day, add(nothing, sums))
    }
    if (head.receipt !== undefined) this.#close(head.receipt)
    for (const entry of head.open) this.#open(entry)
  }

  get voucher(): Voucher | undefined {
    if (this.#voucher === undefined) return undefined
    const { max_cumulative, signature } = this.#voucher
    return { channel_id: this.id, max_cumulative, signature }
  }

  /** The newest that carries both signatures: with the voucher it is what can be redeemed. */
  get receipt(): Receipt | undefined {
    return this.#receipt && this.receiptOf(this.#receipt)
  }

  /** The signed bill with the highest sum, countersigned or not. */
  get signed(): SignedEntry | undefined {
    let newest = this.#receipt?.signed
    for (const entry of this.open.values()) {
      if (BigInt(entry.bill.cumulative) >= BigInt(newest?.bill.cumulative ?? 0)) newest = entry
    }
    return newest
  }

  /** The highest id of a bill that was answered. */
  get last(): ReceiptId | undefined {
    return this.#last
  }

  /** Bills up to this one may be in the sums alone. */
  get dropped(): ReceiptId | undefined {
    return this.#dropped
  }

  /** The bill that was signed with this number, of the newest thousands. */
  billAt(seq: number): ReceiptId | undefined {
    return this.#numbers.get(seq)
  }

  get sums(): Sums {
    return [...this.days.values()].reduce(add, nothing)
  }

  billOf({ cumulative, id, seq, usage }: ChannelBill): Bill {
    return { id, domain: this.domain, terms: this.terms, seq, cumulative, usage }
  }

  receiptOf({ countersigned, signed }: Countersigned): Receipt {
    return {
      ...this.billOf(signed.bill),
      node_key: signed.node_key,
      node_signature: signed.signature,
      plane_key: countersigned.plane_key,
      plane_signature: countersigned.signature
    }
  }

  /** What the next file begins with. */
  head(): Head {
    const days = [...this.days].map(([day, { bills, countersigned, disputed, signed }]) => ({
      day,
      bills,
      signed: `${signed}`,
      countersigned: `${countersigned}`,
      disputed: `${disputed}`
    }))
    return {
      type: "channel",
      version: 1,
      domain: this.domain,
      terms: this.terms,
      ...(this.#voucher && { voucher: this.#voucher }),
      open: [...this.open.values()],
      ...(this.#receipt && { receipt: this.#receipt }),
      days,
      ...(this.#last && { last: this.#last }),
      ...(this.#dropped && { dropped: this.#dropped })
    }
  }

  apply(entry: Entry): void {
    switch (entry.type) {
      case "voucher":
        if (BigInt(entry.max_cumulative) >= BigInt(this.#voucher?.max_cumulative ?? 0)) this.#voucher = entry
        return
      case "signed":
        if (entry.before === undefined)
          this.#count(entry.bill.usage, { bills: 1, signed: BigInt(entry.bill.usage.amount) })
        return this.#open(entry)
      case "countersigned":
        return this.#countersigned(entry)
      case "disputed":
        return this.#disputed(entry)
    }
  }

  /** The oldest file goes: what was answered up to this bill can no longer be looked up. */
  drop(upTo: ReceiptId | undefined): void {
    this.#dropped = later(this.#dropped, upTo)
  }

  #tell(id: ReceiptId, past: Past): void {
    this.#last = later(this.#last, id)
    this.#told(id, past)
  }

  #number(seq: number, id: ReceiptId): void {
    this.#numbers.set(seq, id)
    const oldest = this.#numbers.size > numbered ? this.#numbers.keys().next().value : undefined
    if (oldest !== undefined) this.#numbers.delete(oldest)
  }

  #count(usage: JobUsage, sums: Partial<Sums>): void {
    const day = dayOf(usage)
    this.days.set(day, add(this.days.get(day) ?? nothing, sums))
  }

  #open(entry: SignedEntry): void {
    const { id, seq, usage } = entry.bill
    this.open.delete(id)
    this.open.set(id, entry)
    this.#number(seq, id)
    this.#tell(id, { state: entry.before === "countersigned" ? "countersigned" : "signed", usage })
  }

  #countersigned(entry: CountersignedEntry): void {
    const signed = this.open.get(entry.bill)
    if (signed === undefined || signed.bill.cumulative !== entry.cumulative) return
    this.open.delete(entry.bill)
    const { usage } = signed.bill
    if (signed.before !== "countersigned") this.#count(usage, { countersigned: BigInt(usage.amount) })
    this.#close({ signed, countersigned: entry })
  }

  #close(pair: Countersigned): void {
    const { cumulative, id, seq, usage } = pair.signed.bill
    this.#number(seq, id)
    if (BigInt(cumulative) >= BigInt(this.#receipt?.signed.bill.cumulative ?? 0)) this.#receipt = pair
    this.#tell(id, { state: "countersigned", usage })
  }

  #disputed({ bill, reason }: DisputedEntry): void {
    this.#count(bill.usage, { bills: 1, disputed: BigInt(bill.usage.amount) })
    this.#tell(bill.id, { state: "disputed", usage: bill.usage, reason })
  }
}
