/** An escrow on a real EVM with a payer who has money, a control plane's key, and nodes that sign receipts. */
import { Identity } from "@infernet/auth/Identity"
import { AttemptId, JobId, type NodeId } from "@infernet/contract/Id"
import { type ChannelTerms, type Domain, type JobUsage, zeroHash } from "@infernet/contract/Receipt"
import { CprEscrow } from "@infernet/payment/contracts/CprEscrow"
import { TestUSD } from "@infernet/payment/contracts/TestUSD"
import { billDigest, channelIdOf, hex, usageHashOf, voucherDigest } from "@infernet/payment/receipt/digest"
import { calls, type ContractTerms } from "@infernet/payment/settlement/calls"
import { chains } from "@infernet/payment/settlement/Chain"
import type { ChannelClaim } from "@infernet/payment/settlement/ChannelClaim"
import type { Endpoint } from "@infernet/payment/settlement/Endpoint"
import { Escrow } from "@infernet/payment/settlement/Escrow"
import * as EscrowViem from "@infernet/payment/settlement/EscrowViem"
import { signRegistration } from "@infernet/payment/settlement/registration/signatures"
import { Evm, keyOf } from "../Evm.ts"
import { Context, Duration, Effect, Layer, Redacted } from "effect"
import { custom, hexToBytes, parseEther } from "viem"

export const dollars = (amount: number): bigint => BigInt(amount) * 1_000_000n

export const identityOf = (name: string): Identity["Service"] =>
  Identity.fromSecretKey(Redacted.make(hexToBytes(keyOf(name))))

export const [deployer, gateway, session, plane, operator, node] = [
  "deployer",
  "gateway",
  "session",
  "plane",
  "operator",
  "node"
].map(identityOf) as [Key, Key, Key, Key, Key, Key]
type Key = Identity["Service"]

export const payoutAddress = "0x00000000000000000000000000000000000a11ce"

/** Of the second to the last of many endpoints: what each does with a request; `undefined` passes it on. */
export type Fault = (method: string, pass: () => Promise<unknown>) => Promise<unknown> | undefined

const poll = Duration.millis(5)
const bumpAfter = Duration.millis(60)

/** The chain mines at once; a machine that does not is waited for. */
export const timing = { poll, bumpAfter, giveUpAfter: Duration.seconds(20) }
/** For what is never mined. */
const hastyTiming = { poll, bumpAfter, giveUpAfter: Duration.millis(300) }

export const usageOf = (amount: bigint): JobUsage => ({
  job_id: JobId.make(`job_${"0".repeat(20)}`),
  attempt_id: AttemptId.make(`att_${"0".repeat(20)}`),
  previous: zeroHash,
  model: "tiny",
  request_hash: `0x${"11".repeat(32)}`,
  response_hash: `0x${"22".repeat(32)}`,
  prompt_tokens: 10,
  completion_tokens: 20,
  input_micros_per_1k: "250",
  output_micros_per_1k: "1000",
  amount: String(amount),
  started_at: 1_767_225_600,
  finished_at: 1_767_225_610
})

export const termsOf = (nodeId: NodeId, salt: string, need: 1 | 2 | 3 = 3): ChannelTerms => ({
  payer: gateway.id,
  payer_signer: session.id,
  node_id: nodeId,
  fee_bps: 1_500,
  need,
  withdraw_delay: 86_400,
  salt: `0x${salt.repeat(64).slice(0, 64)}`
})

export const onChain = (terms: ChannelTerms): ContractTerms => ({
  payer: hex(terms.payer),
  payerSigner: hex(terms.payer_signer),
  nodeId: hex(terms.node_id),
  feeBps: terms.fee_bps,
  need: terms.need,
  withdrawDelay: terms.withdraw_delay,
  salt: hex(terms.salt)
})

/** What a node has earned over a channel, signed by all; `ceiling` is the payer's, as much as it earned by default. */
export const claimOf = (
  domain: Domain,
  terms: ChannelTerms,
  cumulative: bigint,
  { ceiling = cumulative, signer = node }: { readonly ceiling?: bigint; readonly signer?: Key } = {}
): ChannelClaim => {
  const channel = channelIdOf(domain, terms)
  const bill = { domain, terms, seq: 7, cumulative: String(cumulative), usage: usageOf(cumulative) }
  const digest = billDigest(bill)
  const max_cumulative = String(ceiling)
  return {
    channel,
    domain,
    terms,
    seq: bill.seq,
    cumulative,
    usageHash: usageHashOf(bill.usage),
    nodeKey: signer.publicKey,
    nodeSignature: signer.sign(digest),
    planeKey: plane.publicKey,
    planeSignature: plane.sign(digest),
    voucher: { channel_id: channel, max_cumulative, signature: session.sign(voucherDigest(domain, channel, ceiling)) },
    firstAt: 1_767_225_610
  }
}

/** Sends a call and is done with it. */
type Tell = (from: Key, call: Parameters<Escrow["Service"]["send"]>[1]) => Effect.Effect<unknown, unknown>

export class Town extends Context.Service<
  Town,
  {
    readonly domain: Domain
    readonly usd: string
    readonly tell: Tell
    /** Puts money in front of a node: opens or tops up its channel. */
    readonly open: (terms: ChannelTerms, amount: bigint) => Effect.Effect<void, unknown>
    readonly register: (node: Key) => Effect.Effect<void, unknown>
    /** The same escrow, that gives up soon. */
    readonly hasty: Escrow["Service"]
    /** From now on, for the first endpoint and for the second. */
    readonly fault: (first: Fault, second?: Fault) => void
    readonly heal: () => void
    readonly endpoints: ReadonlyArray<Endpoint>
    /** An account's USDC. */
    readonly usdc: (address: string) => Effect.Effect<bigint>
    /** Tells the token something as its deployer. */
    readonly token: (functionName: "setBlacklisted", args: readonly [string, boolean]) => Effect.Effect<void>
    readonly pause: Effect.Effect<void>
  }
>()("@infernet/testing/settlement/Town") {}

const none: Fault = () => undefined

const make = Effect.gen(function* () {
  const evm = yield* Evm
  const accounts = yield* Effect.forEach(["deployer", "gateway", "operator"], (name) => evm.account(name))
  const [owner] = accounts
  if (owner === undefined) return yield* Effect.die("no accounts")
  const usd = yield* evm.deploy(TestUSD, [], owner)
  const escrow = yield* evm.deploy(
    CprEscrow,
    [usd.address, owner.address, "0x00000000000000000000000000000000000000fe", hex(plane.id), 1_500],
    owner
  )
  const contract = escrow.address.toLowerCase()
  const wallet = evm.wallet(owner)
  const write = (request: Parameters<typeof wallet.writeContract>[0]) =>
    Effect.promise(() => wallet.writeContract(request))
  yield* write({
    address: usd.address,
    abi: TestUSD.abi,
    functionName: "mint",
    args: [hex(gateway.id), dollars(1_000)],
    chain: null,
    account: owner
  })

  let faults: ReadonlyArray<Fault> = [none, none]
  const endpoint = (index: number): Endpoint => {
    const inner = evm.transport({})
    const request = ({ method, params }: { readonly method: string; readonly params?: unknown }) => {
      const pass = () => inner.request({ method, params } as never) as Promise<unknown>
      return faults[index]?.(method, pass) ?? pass()
    }
    return { name: `endpoint-${index + 1}`, transport: custom({ request }, { retryCount: 0 }) }
  }
  const endpoints = [endpoint(0), endpoint(1)]
  // Unlike on a home's local chain gas costs something here.
  const chain = { ...chains.local, nativePrice: dollars(1) }
  const place = { chain, contract, endpoints, timing }
  const service = Context.get(yield* Layer.build(EscrowViem.layer(place)), Escrow)
  const hasty = Context.get(yield* Layer.build(EscrowViem.layer({ ...place, timing: hastyTiming })), Escrow)

  const tell: Tell = (from, call) => service.send(from, call)
  yield* tell(gateway, calls.approve(contract, dollars(1_000)))
  yield* tell(gateway, calls.deposit(dollars(500)))

  const town = Town.of({
    domain: { chain_id: 31_337, contract },
    usd: usd.address.toLowerCase(),
    tell,
    open: (terms, amount) => tell(gateway, calls.open(onChain(terms), amount)),
    register: (key) =>
      tell(
        operator,
        calls.registerNode(key.id, payoutAddress, signRegistration(service.domain, key, operator.id, payoutAddress))
      ),
    hasty,
    fault: (first, second = first) => void (faults = [first, second]),
    heal: () => void (faults = [none, none]),
    endpoints,
    usdc: (address) => Effect.orDie(Effect.map(service.funds(address), ({ wallet }) => wallet)),
    token: (functionName, [address, flag]) =>
      write({
        address: usd.address,
        abi: TestUSD.abi,
        functionName,
        args: [hex(address), flag],
        chain: null,
        account: owner
      }),
    pause: write({ address: escrow.address, abi: CprEscrow.abi, functionName: "pause", chain: null, account: owner })
  })
  return Context.make(Town, town).pipe(Context.add(Escrow, service))
})

/** A town of its own for each test. */
export const layer = Layer.effectContext(make).pipe(Layer.provideMerge(Evm.layer))

export const inTown = <A, E>(body: Effect.Effect<A, E, Town | Escrow | Evm>) =>
  Effect.provide(body, layer, { local: true })

/** Of somebody who has no gas: what a test gives them. */
export const gas = (evm: Evm["Service"], address: string, ether = "1") =>
  Effect.promise(() => evm.client.setBalance({ address: hex(address), value: parseEther(ether) }))
