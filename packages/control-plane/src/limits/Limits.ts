/**
 * How much keys and accounts may ask for, counted as they ask: requests, tokens, jobs at a time.
 *
 * A request counts against its key and against the account of that key, both or neither. A job takes the tokens that it
 * may come to when it is submitted, its prompt as it is estimated and the whole of `max_tokens`, as OpenAI does it; what
 * it did not use comes back when it ends. Counts are of this process: N replicas behind a balancer allow up to N times as
 * much, which is why requests of one key should be kept to one of them, or limits set lower.
 */
import type { BadRequest, RateLimited } from "@infernet/contract/ApiError"
import type { AccountId, ApiKeyId } from "@infernet/contract/Id"
import { type Limits as LimitsOf, unlimited } from "@infernet/contract/Limits"
import { Clock, Context, Effect, Layer } from "effect"
import type { DayLimits } from "../job/JobStore.ts"
import { Allowance, type Meter, tighter } from "./Allowance.ts"
import { type Owner, refuse, refuseForEver } from "./refuse.ts"

export interface Limited<Id extends string> {
  readonly id: Id
  readonly limits: LimitsOf
}

/** Whose request it is; without a key only the account's limits count. */
export interface Subject {
  readonly key: Limited<ApiKeyId> | undefined
  readonly account: Limited<AccountId>
}

/** The same by name, where the limits were told with the request. */
export interface Who {
  readonly key: ApiKeyId | undefined
  readonly account: AccountId
}

/** What is left of the tightest limit of each kind; undefined where there is none. */
export interface Standing {
  readonly requests: Meter | undefined
  readonly tokens: Meter | undefined
}

/** What a job holds until it has ended. */
export interface Charge {
  /** Only the first call counts. */
  readonly end: (usedTokens: number) => void
}

/** Keys and accounts told apart; past it those that have used the least lately begin anew. */
const remembered = 100_000

export class Limits extends Context.Service<
  Limits,
  {
    /** Counts a request, or says why it has to wait. */
    readonly request: (subject: Subject) => RateLimited | undefined
    readonly standing: (subject: Subject) => Standing
    /** Takes what a job may use, or says why not. */
    readonly job: (who: Who, tokens: number) => Charge | RateLimited | BadRequest
    /** The same for a job that runs already, whatever the limits say. */
    readonly adopt: (who: Who) => Charge
    /** The most that they may spend on a day of UTC, which is counted where jobs are stored; null: neither has a limit. */
    readonly perDay: (who: Who) => DayLimits | null
  }
>()("@infernet/control-plane/limits/Limits") {
  static readonly layer = Layer.effect(
    Limits,
    Effect.suspend(() => make)
  )
}

/** The first that says no, in words. */
const refusal = <Denial, Refusal>(
  among: ReadonlyArray<Allowance>,
  denies: (one: Allowance) => Denial | undefined,
  words: (denial: Denial, owner: Owner) => Refusal
): Refusal | undefined => {
  for (const [place, allowance] of among.entries()) {
    const denial = denies(allowance)
    if (denial !== undefined) return words(denial, place < among.length - 1 ? "this key" : "this account")
  }
  return undefined
}

const make = Effect.gen(function* () {
  const clock = yield* Clock.Clock
  const now = () => Number(clock.monotonicTimeNanosUnsafe()) / 1e6
  const allowances = new Map<string, Allowance>()

  /** First whoever would begin anew anyway, then whoever came first; never one whose jobs run. */
  const makeRoom = () => {
    const at = now()
    for (const [id, allowance] of allowances) if (allowance.isIdle(at)) allowances.delete(id)
    for (const [id, allowance] of allowances) {
      if (allowances.size < remembered * 0.9) return
      if (allowance.running === 0) allowances.delete(id)
    }
  }

  const allowanceOf = (id: string, limits: LimitsOf): Allowance => {
    const known = allowances.get(id)
    if (known !== undefined) return known
    if (allowances.size >= remembered) makeRoom()
    const allowance = new Allowance(limits)
    allowances.set(id, allowance)
    return allowance
  }

  const told = ({ id, limits }: Limited<string>): Allowance => {
    const allowance = allowanceOf(id, limits)
    allowance.limits = limits
    return allowance
  }

  /** The key's own first: it is the one that its owner can do something about. */
  const of = ({ account, key }: Subject) => (key === undefined ? [told(account)] : [told(key), told(account)])
  const named = ({ account, key }: Who) =>
    (key === undefined ? [account] : [key, account]).map((id) => allowanceOf(id, unlimited))

  const charge = (among: ReadonlyArray<Allowance>, tokens: number): Charge => {
    const since = now()
    for (const allowance of among) allowance.takeJob(since, tokens)
    let ended = false
    return {
      end: (used) => {
        if (ended) return
        ended = true
        for (const allowance of among) allowance.endJob(now(), since, tokens, used)
      }
    }
  }

  return Limits.of({
    request: (subject) => {
      const among = of(subject)
      const at = now()
      const refused = refusal(among, (one) => one.deniesRequest(at), refuse)
      if (refused !== undefined) return refused
      for (const allowance of among) allowance.takeRequest(at)
      return undefined
    },
    standing: (subject) => {
      const among = of(subject)
      const at = now()
      return {
        requests: among.map((one) => one.requests(at)).reduce(tighter, undefined),
        tokens: among.map((one) => one.tokens(at)).reduce(tighter, undefined)
      }
    },
    job: (who, tokens) => {
      const among = named(who)
      const at = now()
      const refused = refusal(
        among,
        (one) => one.deniesJob(at, tokens),
        (denial, owner) => (denial._tag === "TooLarge" ? refuseForEver(denial, owner) : refuse(denial, owner))
      )
      return refused ?? charge(among, tokens)
    },
    adopt: (who) => charge(named(who), 0),
    perDay: ({ account, key }) => {
      const ofAccount = allowanceOf(account, unlimited).limits.micros_per_day
      const ofKey = key === undefined ? null : allowanceOf(key, unlimited).limits.micros_per_day
      return ofAccount === null && ofKey === null ? null : { account: ofAccount, key: ofKey }
    }
  })
})
