import { it } from "@infernet/testing/harness"
import * as NodeFileSystem from "@effect/platform-node/NodeFileSystem"
import * as NodePath from "@effect/platform-node/NodePath"
import { calls } from "@infernet/payment/settlement/calls"
import type { ChannelClaim } from "@infernet/payment/settlement/ChannelClaim"
import { Escrow } from "@infernet/payment/settlement/Escrow"
import { Book } from "@infernet/payment/settlement/payout/Book"
import type { Keys } from "@infernet/payment/settlement/payout/keys"
import type { Mode } from "@infernet/payment/settlement/payout/policy"
import { Payouts } from "@infernet/payment/settlement/payout/Payouts"
import { Evm } from "@infernet/testing/Evm"
import { expect } from "bun:test"
import { Context, Effect, Fiber, FileSystem, Layer } from "effect"
import { join } from "node:path"
import { hex } from "@infernet/payment/receipt/digest"
import {
  claimOf,
  dollars,
  gas,
  gateway,
  identityOf,
  inTown,
  node,
  onChain,
  operator,
  payoutAddress
} from "@infernet/testing/settlement/Town"
import { type Fault, termsOf, Town } from "@infernet/testing/settlement/Town"

const [one, two] = [termsOf(node.id, "1"), termsOf(node.id, "2", 2)] as const
const keys: Keys = { node, operator }
const dead: Fault = () => Promise.reject(new Error("connection refused"))

const live = (name: string, body: () => Effect.Effect<void, unknown>) => it.live(name, body, { timeout: 30_000 })

interface Home {
  readonly payouts: Payouts["Service"]
  readonly book: Book["Service"]
}

/** A process of a home: its folder stays, it goes with its scope. */
const processIn = Effect.fnUntraced(function* (folder: string, escrow?: Escrow["Service"]) {
  const context = yield* Layer.build(
    Layer.fresh(Payouts.layer(join(folder, "payout.lock"))).pipe(
      Layer.provideMerge(Layer.fresh(Book.layerFile(join(folder, "payouts.json")))),
      Layer.provide([NodeFileSystem.layer, NodePath.layer]),
      Layer.provide(Layer.succeed(Escrow, escrow ?? (yield* Escrow)))
    )
  )
  const home: Home = { payouts: Context.get(context, Payouts), book: Context.get(context, Book) }
  return home
})

const folder = Effect.flatMap(FileSystem.FileSystem, (fs) => fs.makeTempDirectoryScoped()).pipe(
  Effect.provide(NodeFileSystem.layer)
)

/** One home, and the same of a process that does not wait for long. */
const homes = Effect.gen(function* () {
  const { hasty } = yield* Town
  const place = yield* folder
  return { home: yield* processIn(place), hastyHome: yield* processIn(place, hasty) }
})

/** A node that has earned $10 and $4 on two channels that are open. */
const earned = Effect.gen(function* () {
  const town = yield* Town
  yield* town.register(node)
  yield* town.open(one, dollars(20))
  yield* town.open(two, dollars(20))
  const claims: ReadonlyArray<ChannelClaim> = [
    claimOf(town.domain, one, dollars(10)),
    { ...claimOf(town.domain, two, dollars(4)), voucher: undefined }
  ]
  return { town, escrow: yield* Escrow, evm: yield* Evm, claims, ...(yield* homes) }
})

const all = 11_900_000n
const run = ({ payouts }: Home, claims: ReadonlyArray<ChannelClaim>, mode: Mode = "usual", who = keys) =>
  payouts.run({ claims, keys: who, mode })
const netOf = ({ paid }: Effect.Success<ReturnType<typeof run>>) =>
  paid.flatMap(({ channels }) => channels).reduce((sum, { net }) => sum + net, 0n)

live("pays all that is owed in one transaction, books it, and pays nothing the second time", () =>
  inTown(
    Effect.gen(function* () {
      const { claims, home, town } = yield* earned
      const planned = yield* home.payouts.plan({ claims, keys, mode: "usual" })
      expect(planned.rows.map(({ verdict }) => verdict)).toEqual([
        { _tag: "Due", gross: dollars(10), net: 8_500_000n },
        { _tag: "Due", gross: dollars(4), net: 3_400_000n }
      ])
      expect(yield* town.usdc(payoutAddress)).toBe(0n)
      const outcome = yield* run(home, claims)
      expect(netOf(outcome)).toBe(all)
      expect(yield* town.usdc(payoutAddress)).toBe(all)
      const { done, pending } = yield* home.book.read
      expect(pending).toEqual([])
      expect(done).toMatchObject([{ payout: payoutAddress, channels: [{ net: 8_500_000n }, { net: 3_400_000n }] }])
      const again = yield* run(home, claims, "all")
      expect(again.paid).toEqual([])
      expect(again.plan.rows.map(({ verdict }) => verdict)).toMatchObject([
        { _tag: "Left", why: "all of its receipts are paid" },
        { _tag: "Left" }
      ])
    }).pipe(Effect.scoped)
  )
)

live("lets one payout of a home be made at a time, and two homes with one key harm nobody", () =>
  inTown(
    Effect.gen(function* () {
      const { claims, evm, home, town } = yield* earned
      const place = yield* folder
      const [first, second] = [yield* processIn(place), yield* processIn(place)]
      yield* Effect.promise(() => evm.client.setAutomine(false))
      const running = yield* Effect.forkChild(run(first, claims), { startImmediately: true })
      const refused = yield* Effect.flip(run(second, claims))
      expect(refused.message).toContain("a payout from this home is under way already, by")
      // Another home with the same keys is not held off by that: the chain sees to it.
      const other = yield* Effect.forkChild(run(home, claims), { startImmediately: true })
      yield* Effect.promise(async () => {
        while ((await evm.client.getTransactionCount({ address: hex(operator.id) })) < 3)
          await evm.client.mine({ blocks: 1 })
      })
      const outcomes = yield* Effect.all([Fiber.join(running), Fiber.join(other)])
      expect(outcomes.map(netOf).reduce((a, b) => a + b)).toBe(all)
      expect(yield* town.usdc(payoutAddress)).toBe(all)
    }).pipe(Effect.scoped)
  )
)

live("finds what a process that was killed had sent, before it sends anything", () =>
  inTown(
    Effect.gen(function* () {
      const { claims, escrow, evm, town } = yield* earned
      const place = yield* folder
      yield* Effect.promise(() => evm.client.setAutomine(false))
      // Killed while it waits for a block.
      const killed = yield* Effect.scoped(
        Effect.gen(function* () {
          const home = yield* processIn(place)
          const waiting = yield* Effect.forkChild(run(home, claims), { startImmediately: true })
          const sent = Effect.map(home.book.read, ({ pending }) => pending[0]?.sent.hashes[0])
          const hash = yield* Effect.repeat(sent, { until: (hash) => hash !== undefined })
          yield* Effect.promise(async () => {
            while ((await evm.client.getTransactionCount({ address: hex(operator.id), blockTag: "pending" })) < 2);
          })
          yield* Fiber.interrupt(waiting)
          return hash
        })
      )
      yield* Effect.promise(() => evm.client.mine({ blocks: 1 }))
      yield* Effect.promise(() => evm.client.setAutomine(true))
      const next = yield* processIn(place)
      const outcome = yield* run(next, claims)
      expect(outcome.paid.map(({ hash }) => hash)).toEqual([killed ?? ""])
      expect(netOf(outcome)).toBe(all)
      expect((yield* next.book.read).pending).toEqual([])
      expect(yield* town.usdc(payoutAddress)).toBe(all)
      const states = yield* escrow.channels(claims.map(({ channel }) => channel))
      expect(states.map(({ paid }) => paid)).toEqual([dollars(10), dollars(4)])
    }).pipe(Effect.scoped)
  )
)

live("ends as unknown where the endpoints die in the middle, and is certain on the next run", () =>
  inTown(
    Effect.gen(function* () {
      const { claims, hastyHome, home, town } = yield* earned
      let isSent = false
      town.fault((method, pass) => {
        if (isSent) return dead(method, pass)
        if (method !== "eth_sendRawTransaction") return undefined
        isSent = true
        return pass().then(() => dead(method, pass))
      })
      const error = yield* Effect.flip(run(hastyHome, claims))
      expect(error._tag).toBe("TransactionUnknown")
      expect((yield* home.book.read).pending).toHaveLength(1)
      // Still dead: it does not get past what it has to know first.
      expect(["TransactionUnknown", "RpcUnavailable"]).toContain((yield* Effect.flip(run(hastyHome, claims)))._tag)
      town.heal()
      const outcome = yield* run(home, claims)
      expect(netOf(outcome)).toBe(all)
      expect(yield* town.usdc(payoutAddress)).toBe(all)
    }).pipe(Effect.scoped)
  )
)

live("pays again what the chain has undone, and never what it has not", () =>
  inTown(
    Effect.gen(function* () {
      const { claims, evm, home, town } = yield* earned
      const before = yield* Effect.promise(() => evm.client.snapshot())
      yield* run(home, claims)
      expect((yield* run(home, claims)).undone).toBe(0)
      yield* Effect.promise(() => evm.client.revert({ id: before }))
      expect(yield* town.usdc(payoutAddress)).toBe(0n)
      const outcome = yield* run(home, claims)
      expect(outcome.undone).toBe(1)
      expect(netOf(outcome)).toBe(all)
      expect((yield* home.book.read).done).toHaveLength(1)
      expect(yield* town.usdc(payoutAddress)).toBe(all)
    }).pipe(Effect.scoped)
  )
)

live("sends anew what the chain has lost without a trace", () =>
  inTown(
    Effect.gen(function* () {
      const { claims, evm, hastyHome, home, town } = yield* earned
      // The endpoints say thank you and forget it; later the operator's wallet uses the number for something else.
      town.fault((method) => (method === "eth_sendRawTransaction" ? Promise.resolve(`0x${"0".repeat(64)}`) : undefined))
      expect((yield* Effect.flip(run(hastyHome, claims)))._tag).toBe("TransactionUnknown")
      town.heal()
      const account = yield* evm.account("operator")
      yield* Effect.promise(() => evm.wallet(account).sendTransaction({ to: account.address }))
      expect(netOf(yield* run(home, claims))).toBe(all)
      expect(yield* town.usdc(payoutAddress)).toBe(all)
    }).pipe(Effect.scoped)
  )
)

live("pays the others where a channel cannot be paid, and says what to do about that one", () =>
  inTown(
    Effect.gen(function* () {
      const { claims, home, town } = yield* earned
      const unopened = claimOf(town.domain, termsOf(node.id, "3"), dollars(3))
      const underfunded = claimOf(town.domain, termsOf(node.id, "4"), dollars(3))
      yield* town.open(termsOf(node.id, "4"), dollars(1))
      const tampered = { ...claimOf(town.domain, termsOf(node.id, "5"), dollars(3)), cumulative: dollars(9) }
      yield* town.open(termsOf(node.id, "5"), dollars(9))
      const ofNoChain = claimOf({ chain_id: 0, contract: `0x${"0".repeat(40)}` }, one, dollars(50))
      const outcome = yield* run(home, [...claims, unopened, underfunded, tampered, ofNoChain])
      // $1 of the third: what was reserved.
      expect(netOf(outcome)).toBe(all + 850_000n)
      const why = outcome.plan.rows.flatMap(({ verdict }) => (verdict._tag === "Left" ? [verdict.why] : []))
      expect(why[0]).toContain("its payer has not opened it on chain yet. Nothing is lost")
      expect(why[1]).toContain("its receipt is not signed by the control plane: ask")
      expect(outcome.plan.elsewhere).toBe(1)
    }).pipe(Effect.scoped)
  )
)

live("names the key that has no gas, and takes the node's where that has some", () =>
  inTown(
    Effect.gen(function* () {
      const { claims, evm, home, town } = yield* earned
      yield* gas(evm, operator.id, "0")
      const error = yield* Effect.flip(run(home, claims))
      expect(error).toMatchObject({ _tag: "InsufficientGas", address: operator.id })
      expect((yield* home.book.read).pending).toEqual([])
      yield* gas(evm, node.id)
      expect(netOf(yield* run(home, claims))).toBe(all)
      expect(yield* town.usdc(payoutAddress)).toBe(all)
    }).pipe(Effect.scoped)
  )
)

live("loses nothing where the payout address is blocked, and says how to change it", () =>
  inTown(
    Effect.gen(function* () {
      const { claims, evm, escrow, home, town } = yield* earned
      yield* town.token("setBlacklisted", [payoutAddress, true])
      const error = yield* Effect.flip(run(home, claims))
      expect(error).toMatchObject({ _tag: "Blacklisted", address: payoutAddress })
      const elsewhere = "0x000000000000000000000000000000000000beef"
      yield* escrow.send(operator, calls.setPayout(node.id, elsewhere))
      expect((yield* escrow.node(node.id))?.next?.payout).toBe(elsewhere)
      yield* evm.advance(2 * 86_400)
      expect(netOf(yield* run(home, claims))).toBe(all)
      expect(yield* town.usdc(elsewhere)).toBe(all)
    }).pipe(Effect.scoped)
  )
)

live("follows a key that was rotated in the middle of a channel", () =>
  inTown(
    Effect.gen(function* () {
      const { claims, escrow, home, town } = yield* earned
      const fresh = identityOf("the node's next key")
      const next = { ...fresh, id: node.id }
      // Without the operator's key nobody can tell the escrow.
      const error = yield* Effect.flip(run(home, claims, "usual", { node: next, operator: undefined }))
      expect(error._tag).toBe("KeyOutdated")
      expect(error.message).toContain(`--operator-key FILE`)
      // With it, it is told first, and the receipts of the old key are signed again.
      const outcome = yield* run(home, claims, "usual", { node: next, operator })
      expect(outcome.plan.rotation).toBeDefined()
      expect(netOf(outcome)).toBe(all)
      expect((yield* escrow.node(node.id))?.key).toBe(fresh.id)
      // And those that the new key has signed since.
      const later = claimOf(town.domain, one, dollars(12), { signer: next })
      const second = yield* run(home, [later], "usual", { node: next, operator })
      expect(second.plan.rotation).toBeUndefined()
      expect(netOf(second)).toBe(1_700_000n)
      expect(yield* town.usdc(payoutAddress)).toBe(all + 1_700_000n)
    }).pipe(Effect.scoped)
  )
)

live("tells a node that is not registered how it is", () =>
  inTown(
    Effect.gen(function* () {
      const town = yield* Town
      const home = yield* processIn(yield* folder)
      const error = yield* Effect.flip(run(home, [claimOf(town.domain, one, dollars(1))]))
      expect(error.message).toContain("is not registered on the local chain")
      expect(error.message).toContain("infernet payout --set-address 0x…")
    }).pipe(Effect.scoped)
  )
)

live("takes a closing channel at once, whatever it is worth", () =>
  inTown(
    Effect.gen(function* () {
      const { escrow, home, town } = yield* earned
      const crumbs = [claimOf(town.domain, one, 100n)]
      expect((yield* run(home, crumbs, "auto")).paid).toEqual([])
      yield* escrow.send(gateway, calls.requestClose(onChain(one)))
      expect(netOf(yield* run(home, crumbs, "auto"))).toBe(85n)
    }).pipe(Effect.scoped)
  )
)
