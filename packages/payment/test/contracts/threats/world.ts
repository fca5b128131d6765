/** An escrow on a fresh chain, with a payer's money in it and a registered node, and ways to try what must not work. */
import { CprEscrow } from "@infernet/payment/contracts/CprEscrow"
import { TestUSD } from "@infernet/payment/contracts/TestUSD"
import { accountOf, Evm } from "@infernet/testing/Evm"
import { Effect, Schema } from "effect"
import {
  type Abi,
  type Address,
  type ContractFunctionArgs,
  type ContractFunctionName,
  decodeErrorResult,
  encodeFunctionData,
  getContract,
  type Hex,
  isHex,
  parseEventLogs
} from "viem"
import { type Amounts, type Claim, claimOf, compact, delayedClaimOf, digest, domainOf, type Terms } from "./messages.ts"

/** A call that the contract refused, by the name of its error. */
export class Refused extends Schema.TaggedError<Refused>()("Refused", { error: Schema.String, args: Schema.Unknown }) {}

/** In the order of the contract's enumeration. */
export const skips = [
  "None",
  "NotOpen",
  "Closed",
  "NothingNew",
  "ReserveSpent",
  "CeilingSpent",
  "OtherPayout",
  "NodeSignature",
  "ControlPlaneSignature",
  "PayerSignature"
] as const

const abi = [...CprEscrow.abi, ...TestUSD.abi.filter((item) => item.type === "error")] as const
const day = 86_400

/** The bytes that the contract gave up with, wherever among the causes they are. */
const revertOf = (error: unknown): Hex | undefined => {
  if (typeof error !== "object" || error === null) return undefined
  if ("data" in error && isHex(error.data)) return error.data
  return "cause" in error ? revertOf(error.cause) : undefined
}

const refusal = (error: unknown): Refused => {
  const data = revertOf(error)
  if (data === undefined) throw error
  const { args, errorName } = decodeErrorResult({ abi, data })
  return new Refused({ error: errorName, args })
}

interface Contract<A extends Abi> {
  readonly address: Address
  readonly abi: A
}

/** The names of the people here are the names of their keys; all of them have ether, for gas. */
const people = ["owner", "operator", "payer", "control plane", "node", "stranger", "treasury"] as const

export const town = Effect.gen(function* () {
  const evm = yield* Evm
  for (const name of people) yield* evm.account(name)
  const owner = accountOf("owner")

  /** Sends a call from the account of a name; fails with the contract's own error. */
  const send = <const A extends Abi, F extends ContractFunctionName<A, "nonpayable">>(
    from: string,
    contract: Contract<A>,
    functionName: F,
    args: ContractFunctionArgs<A, "nonpayable", F>
  ) =>
    Effect.gen(function* () {
      // What viem's generic types cannot show of an unknown contract, the signature above has shown.
      const data = encodeFunctionData({ abi: contract.abi, functionName, args } as Parameters<
        typeof encodeFunctionData
      >[0])
      const hash = yield* Effect.tryPromise({
        try: () => evm.wallet(accountOf(from)).sendTransaction({ to: contract.address, data }),
        catch: refusal
      })
      return yield* evm.mined(hash)
    })

  const deployEscrow = (token: Address) =>
    Effect.map(
      evm.deploy(
        CprEscrow,
        [token, owner.address, accountOf("treasury").address, accountOf("control plane").address, 1_500],
        owner
      ),
      ({ address }) => ({ address, abi: CprEscrow.abi })
    )

  const token = yield* evm.deploy(TestUSD, [], owner)
  const usd = { address: token.address, abi: TestUSD.abi }
  const escrow = yield* deployEscrow(usd.address)
  const domain = domainOf(escrow.address)

  const register = Effect.fnUntraced(function* (node: string, operator: string, at: Contract<typeof CprEscrow.abi>) {
    const [nodeKey, payout] = [accountOf(node).address, accountOf(`${operator}'s payout`).address]
    const message = { nodeKey, operator: accountOf(operator).address, payout }
    const signature = yield* compact(node, digest(domainOf(at.address), "RegisterNode", message))
    yield* send(operator, at, "registerNode", [nodeKey, payout, signature])
  })

  const fund = Effect.fnUntraced(function* (at: Contract<typeof CprEscrow.abi>) {
    yield* send("owner", usd, "mint", [accountOf("payer").address, 1_000_000n])
    yield* send("payer", usd, "approve", [at.address, 2n ** 256n - 1n])
    yield* send("payer", at, "deposit", [1_000_000n])
  })

  yield* register("node", "operator", escrow)
  yield* fund(escrow)

  const payout = accountOf("operator's payout").address

  const { read } = getContract({ ...escrow, client: evm.client })
  const ask = <A>(question: (escrow: typeof read) => Promise<A>) => Effect.promise(() => question(read))

  const balance = (address: Address) =>
    Effect.promise(() => evm.client.readContract({ ...usd, functionName: "balanceOf", args: [address] }))

  /** Opens a channel (10,000 micro-USDC where nothing is said) and gives its id. */
  const open = Effect.fnUntraced(function* (terms: Terms, amount = 10_000n) {
    yield* send("payer", escrow, "open", [terms, amount])
    return digest(domain, "Terms", { ...terms })
  })

  const claim = (terms: Terms, amounts: Amounts) => claimOf(domain, terms, amounts)
  const delayed = (terms: Terms, amounts: Amounts) => delayedClaimOf(domain, terms, amounts)

  /** What a batch sent, to whom it did, and why it skipped what it skipped. */
  const redeem = Effect.fnUntraced(function* (
    claims: ReadonlyArray<Claim>,
    { from = "stranger", to = payout, at = escrow }: { from?: string; to?: Address; at?: typeof escrow } = {}
  ) {
    const before = yield* balance(to)
    const receipt = yield* send(from, at, "redeem", [to, claims])
    const logs = parseEventLogs({ abi: CprEscrow.abi, logs: receipt.logs })
    return {
      sent: (yield* balance(to)) - before,
      skipped: logs.flatMap((log) => (log.eventName === "Skipped" ? [skips[log.args.reason]] : [])),
      redeemed: logs.flatMap((log) => (log.eventName === "Redeemed" ? [log.args] : [])),
      gasUsed: receipt.gasUsed
    }
  })

  /** Redeems one claim: what was sent, or why nothing was. */
  const pay = Effect.fnUntraced(function* (terms: Terms, amounts: Amounts) {
    const { sent, skipped } = yield* redeem([yield* claim(terms, amounts)])
    return skipped[0] ?? sent
  })

  return {
    evm,
    usd,
    escrow,
    domain,
    payout,
    send,
    ask,
    balance,
    open,
    claim,
    delayed,
    redeem,
    pay,
    deployEscrow,
    register,
    fund,
    days: (days: number) => evm.advance(days * day)
  }
})

/** The name of the error that a call is refused with; a call that succeeds fails the test. */
export const refused = <A, R>(call: Effect.Effect<A, Refused, R>) => Effect.map(Effect.flip(call), ({ error }) => error)

/** A town of its own for each test. */
export const fresh = Effect.provide(Evm.layer, { local: true })
