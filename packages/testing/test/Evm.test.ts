import { expect } from "bun:test"
import { TestUSD } from "@infernet/payment/contracts/TestUSD"
import { accountOf, Evm } from "@infernet/testing/Evm"
import { it } from "@infernet/testing/harness"
import { Effect } from "effect"
import { BaseError, ContractFunctionRevertedError, createPublicClient, http } from "viem"

const deployed = Effect.gen(function* () {
  const evm = yield* Evm
  const deployer = yield* evm.account("deployer")
  const token = yield* evm.deploy(TestUSD, [], deployer)
  return { evm, deployer, token: { address: token.address, abi: TestUSD.abi } }
})

const fresh = Effect.provide(Evm.layer, { local: true })

it("deploys, mines at once, and starts every chain anew", () =>
  Effect.gen(function* () {
    const { deployer, evm, token } = yield* deployed
    const to = accountOf("somebody").address
    const mint = { ...token, functionName: "mint", args: [to, 5n] } as const
    const receipt = yield* evm.mined(yield* Effect.promise(() => evm.wallet(deployer).writeContract(mint)))
    expect(receipt.status).toBe("success")
    const balance = { ...token, functionName: "balanceOf", args: [to] } as const
    expect(yield* Effect.promise(() => evm.client.readContract(balance))).toBe(5n)

    const other = yield* deployed.pipe(fresh)
    expect(other.token.address).toBe(token.address)
    const there = { ...other.token, functionName: "balanceOf", args: [to] } as const
    expect(yield* Effect.promise(() => other.evm.client.readContract(there))).toBe(0n)
  }).pipe(fresh))

it("refuses what reverts, with the contract's own error", () =>
  Effect.gen(function* () {
    const { evm, token } = yield* deployed
    const stranger = yield* evm.account("stranger")
    const mint = { ...token, functionName: "mint", args: [stranger.address, 5n] } as const
    const error = yield* Effect.flip(Effect.tryPromise(() => evm.wallet(stranger).writeContract(mint)))
    const reverted =
      error.cause instanceof BaseError && error.cause.walk((error) => error instanceof ContractFunctionRevertedError)
    expect(reverted instanceof ContractFunctionRevertedError && reverted.data?.errorName).toBe(
      "OwnableUnauthorizedAccount"
    )
  }).pipe(fresh))

it("moves its clock by as much as it is told", () =>
  Effect.gen(function* () {
    const evm = yield* Evm
    const before = yield* evm.now
    yield* evm.advance(86_400)
    const passed = (yield* evm.now) - before
    expect(passed >= 86_400n && passed < 86_460n).toBe(true)
  }).pipe(fresh))

it("answers at a URL what it answers in process", () =>
  Effect.gen(function* () {
    const { evm, token } = yield* deployed
    const remote = createPublicClient({ transport: http(yield* evm.serve) })
    const name = { ...token, functionName: "symbol" } as const
    expect(yield* Effect.promise(() => remote.readContract(name))).toBe("tUSD")
  }).pipe(fresh))
