import { it } from "@infernet/testing/harness"
import { calls } from "@infernet/payment/settlement/calls"
import { chains } from "@infernet/payment/settlement/Chain"
import { channelIdOf, hex } from "@infernet/payment/receipt/digest"
import { zeroHash } from "@infernet/contract/Receipt"
import { contractClaim } from "@infernet/payment/settlement/claim"
import { Escrow, type Sent } from "@infernet/payment/settlement/Escrow"
import * as EscrowViem from "@infernet/payment/settlement/EscrowViem"
import { accountOf, Evm } from "@infernet/testing/Evm"
import { expect } from "bun:test"
import { Effect, Layer } from "effect"
import {
  claimOf,
  dollars,
  type Fault,
  gas,
  gateway,
  identityOf,
  inTown,
  node,
  onChain,
  operator,
  payoutAddress,
  session,
  termsOf,
  timing,
  Town
} from "@infernet/testing/settlement/Town"

const terms = termsOf(node.id, "1")
const dead: Fault = () => Promise.reject(new Error("connection refused"))
const live = (name: string, body: () => Effect.Effect<void, unknown>) => it.live(name, body, { timeout: 30_000 })
const failing = <A, E>(effect: Effect.Effect<A, E>) => Effect.flip(effect)

const redeem = (town: Town["Service"], amount: bigint) => {
  const claim = contractClaim(claimOf(town.domain, terms, amount), node.id, node)
  if (typeof claim === "string") throw new Error(claim)
  return calls.redeem(payoutAddress, [claim])
}

live("opens, redeems and reads back what a channel has paid", () =>
  inTown(
    Effect.gen(function* () {
      const [town, escrow] = [yield* Town, yield* Escrow]
      expect(yield* escrow.node(node.id)).toBeUndefined()
      yield* town.register(node)
      yield* town.open(terms, dollars(10))
      const { events, gasCost } = yield* escrow.send(operator, redeem(town, dollars(4)))
      const [channel] = yield* escrow.channels([channelIdOf(town.domain, terms)])
      expect(channel).toEqual({ reserved: dollars(10), paid: dollars(4), closingAt: undefined, isClosed: false })
      expect(events).toMatchObject([{ _tag: "Redeemed", paid: dollars(4), net: 3_400_000n, fee: 600_000n, seq: 7n }])
      expect(gasCost > 0n).toBe(true)
      expect(yield* town.usdc(payoutAddress)).toBe(3_400_000n)
    })
  )
)

live("numbers what one key sends at the same time, so that all of it is mined", () =>
  inTown(
    Effect.gen(function* () {
      const [town, escrow] = [yield* Town, yield* Escrow]
      yield* town.register(node)
      const channels = ["1", "2", "3", "4", "5"].map((salt) => termsOf(node.id, salt))
      yield* Effect.forEach(channels, (terms) => town.open(terms, dollars(2)), { concurrency: "unbounded" })
      const states = yield* escrow.channels(channels.map((terms) => channelIdOf(town.domain, terms)))
      expect(states.map(({ reserved }) => reserved)).toEqual(channels.map(() => dollars(2)))
    })
  )
)

live("asks the second endpoint where the first is silent, and names both where both are", () =>
  inTown(
    Effect.gen(function* () {
      const [town, escrow] = [yield* Town, yield* Escrow]
      town.fault(dead, () => undefined)
      yield* town.register(node)
      expect((yield* escrow.node(node.id))?.payout).toBe(payoutAddress)
      town.fault(dead)
      const error = yield* failing(escrow.node(node.id))
      expect(error.message).toContain("no answer from endpoint-1 and endpoint-2: endpoint-1: connection refused")
      expect(error.message).toContain("INFERNET_RPC_URL_2")
    })
  )
)

live("refuses an endpoint of another chain, and an address that is not the escrow, before anything is sent", () =>
  inTown(
    Effect.gen(function* () {
      const town = yield* Town
      const built = (place: Partial<EscrowViem.EscrowPlace>) =>
        failing(
          Effect.scoped(
            Layer.build(
              EscrowViem.layer({
                chain: chains.local,
                contract: town.domain.contract,
                endpoints: town.endpoints,
                ...place
              })
            )
          )
        )
      const other = yield* built({ chain: chains.base })
      expect(other).toMatchObject({ _tag: "WrongChain", got: 31_337 })
      expect(other.message).toContain("set INFERNET_RPC_URL to an endpoint of Base")
      // The second one alone is of another chain: that is a slip too.
      town.fault(
        () => undefined,
        (method) => (method === "eth_chainId" ? Promise.resolve("0x2105") : undefined)
      )
      expect(yield* built({})).toMatchObject({ _tag: "WrongChain", endpoint: "endpoint-2", got: 8453 })
      town.heal()
      expect((yield* built({ contract: payoutAddress })).message).toContain("is no contract: ask your network")
      const token = yield* built({ contract: town.usd })
      expect(token.message).toContain("is another contract than Infernet's escrow")
      town.fault(dead)
      expect(yield* built({})).toMatchObject({ _tag: "RpcUnavailable" })
    })
  )
)

live("says how much gas is missing and where, and sends nothing", () =>
  inTown(
    Effect.gen(function* () {
      const [town, escrow, evm] = [yield* Town, yield* Escrow, yield* Evm]
      yield* town.register(node)
      yield* town.open(terms, dollars(10))
      const poor = identityOf("somebody without gas")
      const error = yield* failing(escrow.send(poor, redeem(town, dollars(4))))
      expect(error).toMatchObject({ _tag: "InsufficientGas", address: poor.id, has: 0n })
      expect(error.message).toContain(`no gas: ${poor.id} has 0 ETH on the local chain and needs 0.000`)
      yield* gas(evm, poor.id)
      yield* escrow.send(poor, redeem(town, dollars(4)))
    })
  )
)

live("says in words why the escrow refuses", () =>
  inTown(
    Effect.gen(function* () {
      const [town, escrow] = [yield* Town, yield* Escrow]
      const refused = (call: Parameters<typeof escrow.send>[1], from = gateway) => failing(escrow.send(from, call))
      expect((yield* refused(calls.open(onChain(terms), 1n))).message).toContain("is not registered there")
      yield* town.register(node)
      const pool = yield* refused(calls.open(onChain(terms), dollars(501)))
      expect(pool).toMatchObject({ _tag: "Underfunded", of: "escrow pool", has: dollars(500), needs: dollars(501) })
      expect(pool.message).toContain("deposit 1 more")
      expect(yield* refused(calls.deposit(dollars(501)))).toMatchObject({ _tag: "Underfunded", of: "allowance" })
      const stranger = yield* refused(calls.setPayout(node.id, session.id))
      expect(stranger.message).toContain(`only its operator's key ${operator.id} may do that`)
      yield* town.open(terms, dollars(10))
      yield* town.pause
      const paused = yield* refused(calls.open(onChain(terms), 1n))
      expect(paused._tag).toBe("Paused")
      expect(paused.message).toContain("Payouts and withdrawals go on")
      // As it says.
      yield* escrow.send(operator, redeem(town, dollars(1)))
      yield* town.token("setBlacklisted", [payoutAddress, true])
      const blocked = yield* refused(redeem(town, dollars(2)), operator)
      expect(blocked).toMatchObject({ _tag: "Blacklisted", address: payoutAddress })
      expect(blocked.message).toContain("set another payout address with `infernet payout --set-address`")
    })
  )
)

live("calls a time-out unknown and not a failure, and goes on with the same transaction later", () =>
  inTown(
    Effect.gen(function* () {
      const [town, escrow, evm] = [yield* Town, yield* Escrow, yield* Evm]
      yield* town.register(node)
      yield* town.open(terms, dollars(10))
      const kept: Array<Sent> = []
      const keep = (sent: Sent) => Effect.sync(() => void kept.push(sent))
      // The endpoints take it, and then neither they nor the answer is heard of again.
      let isSent = false
      town.fault((method, pass) => {
        if (isSent) return dead(method, pass)
        if (method !== "eth_sendRawTransaction") return undefined
        isSent = true
        return pass().then(() => dead(method, pass))
      })
      const error = yield* failing(town.hasty.send(operator, redeem(town, dollars(4)), { keep }))
      expect(error).toMatchObject({ _tag: "TransactionUnknown", hash: kept[0]?.hashes[0] })
      expect(error.message).toContain("nothing is paid twice")
      town.heal()
      const [sent] = kept
      if (sent === undefined) throw new Error("nothing was kept")
      const mined = yield* escrow.resume(operator, sent)
      expect(mined.hash).toBe(sent.hashes[0])
      expect(yield* town.usdc(payoutAddress)).toBe(3_400_000n)
      expect(yield* Effect.promise(() => evm.client.getTransactionCount({ address: hex(operator.id) }))).toBe(2)
    })
  )
)

live("sends a transaction that is not mined again, dearer and under the same number", () =>
  inTown(
    Effect.gen(function* () {
      const [town, escrow, evm] = [yield* Town, yield* Escrow, yield* Evm]
      yield* town.register(node)
      yield* town.open(terms, dollars(10))
      yield* Effect.promise(() => evm.client.setAutomine(false))
      const kept: Array<Sent> = []
      const keep = (sent: Sent) => Effect.sync(() => void kept.push(sent))
      // A miner wakes up for the third form alone.
      town.fault((method, pass) =>
        method === "eth_sendRawTransaction" && kept.length === 3
          ? pass().finally(() => evm.client.mine({ blocks: 1 }))
          : undefined
      )
      const mined = yield* escrow.send(operator, redeem(town, dollars(4)), { keep })
      const [first, second, third] = kept
      expect(kept.map(({ nonce }) => nonce)).toEqual([1, 1, 1])
      expect(mined.hash).toBe(third?.hashes[2] ?? "")
      expect((second?.maxFeePerGas ?? 0n) * 4n >= (first?.maxFeePerGas ?? 0n) * 5n).toBe(true)
      expect(yield* town.usdc(payoutAddress)).toBe(3_400_000n)
    })
  )
)

live("waits anew where a block with it is undone", () =>
  inTown(
    Effect.gen(function* () {
      const [town, evm] = [yield* Town, yield* Evm]
      yield* town.register(node)
      yield* town.open(terms, dollars(10))
      const place = {
        chain: { ...chains.local, confirmations: 2 },
        contract: town.domain.contract,
        endpoints: town.endpoints,
        timing
      }
      const strict = Layer.build(EscrowViem.layer(place))
      const escrow = yield* Effect.flatMap(strict, (context) => Effect.provide(Escrow, context))
      const before = yield* Effect.promise(() => evm.client.snapshot())
      const confirmations: Array<number> = []
      const seen = (_: string, confirmed: number) =>
        Effect.promise(async () => {
          confirmations.push(confirmed)
          // The first time its block is undone; the second time another follows.
          if (confirmations.length === 1) await evm.client.revert({ id: before })
          else await evm.client.mine({ blocks: 1 })
        })
      yield* escrow.send(operator, redeem(town, dollars(4)), { seen })
      expect(confirmations).toEqual([1, 1, 2])
      expect(yield* town.usdc(payoutAddress)).toBe(3_400_000n)
    }).pipe(Effect.scoped)
  )
)

live("says so where another transaction of the same key has taken its place", () =>
  inTown(
    Effect.gen(function* () {
      const [town, escrow, evm] = [yield* Town, yield* Escrow, yield* Evm]
      yield* town.register(node)
      yield* town.open(terms, dollars(10))
      const other = evm.wallet(accountOf("operator"))
      let isSent = false
      // Both endpoints lose what they were sent, and the operator's wallet sends something else meanwhile.
      town.fault((method) => {
        if (method !== "eth_sendRawTransaction") return undefined
        if (isSent) return Promise.resolve(zeroHash)
        isSent = true
        return other.sendTransaction({ to: hex(operator.id) })
      })
      const error = yield* failing(escrow.send(operator, redeem(town, dollars(4))))
      expect(error._tag).toBe("TransactionReplaced")
      expect(error.message).toContain("was replaced by another one of the same key and did nothing. Try again")
      town.heal()
      yield* escrow.send(operator, redeem(town, dollars(4)))
      expect(yield* town.usdc(payoutAddress)).toBe(3_400_000n)
    })
  )
)
