/**
 * What the escrow's calls cost in gas and calldata, by the artifact that ships: `bun bench/gas.ts`.
 *
 * Gas is exact and the same on every machine; no chain is needed, the EVM runs in this process.
 */
import { Effect } from "effect"
import {
  compact,
  delayedClaimOf,
  digest,
  long,
  termsOf,
  type Terms
} from "../packages/payment/test/contracts/threats/messages.ts"
import {
  closingOf,
  forever,
  openingOf,
  permitOf,
  registrationOf,
  spendingOf,
  transferOf
} from "../packages/payment/test/contracts/threats/wallet.ts"
import { CprEscrow } from "../packages/payment/src/contracts/CprEscrow.ts"
import { fresh, town } from "../packages/payment/test/contracts/threats/world.ts"
import { accountOf } from "../packages/testing/src/Evm.ts"

const addressOf = (name: string) => accountOf(name).address
const day = 1

interface Sent {
  readonly gasUsed: bigint
  readonly transactionHash: `0x${string}`
}

const gas = Effect.gen(function* () {
  const here = yield* town
  const { claim, days, domain, escrow, evm, open, payout, send, usd } = here

  const row = <E>(what: string, call: Effect.Effect<Sent, E>, each = 1) =>
    Effect.gen(function* () {
      const { gasUsed, transactionHash: hash } = yield* call
      const { input } = yield* Effect.promise(() => evm.client.getTransaction({ hash }))
      const per = each === 1 ? "" : Math.round(Number(gasUsed) / each).toLocaleString("en")
      const bytes = (input.length - 2) / 2
      process.stdout.write(`| ${what} | ${gasUsed.toLocaleString("en")} | ${per} | ${bytes.toLocaleString("en")} |\n`)
    })

  yield* send("owner", usd, "mint", [addressOf("payer"), 10n ** 12n])
  // As where they have been paid before: a first transfer to an address costs 17,100 more.
  yield* send("owner", usd, "mint", [payout, 1n])
  yield* send("owner", usd, "mint", [addressOf("treasury"), 1n])

  const { gasUsed: deployment } = yield* evm.deploy(
    CprEscrow,
    [usd.address, addressOf("owner"), addressOf("treasury"), addressOf("control plane"), 1_500],
    accountOf("owner")
  )
  process.stdout.write(`Deployment: ${deployment.toLocaleString("en")} gas.\n\n`)
  process.stdout.write("| call | gas | each | bytes of calldata |\n| --- | ---: | ---: | ---: |\n")
  yield* row(
    "deposit, first of a payer",
    Effect.gen(function* () {
      yield* send("owner", usd, "mint", [addressOf("stranger"), 1_000n])
      yield* send("stranger", usd, "approve", [escrow.address, 1_000n])
      return yield* send("stranger", escrow, "deposit", [1_000n])
    })
  )
  yield* row("deposit, later", send("payer", escrow, "deposit", [10n ** 11n]))
  const permit = yield* permitOf(usd.address, escrow.address, 1_000n)
  yield* row(
    "depositWithPermit",
    send("payer", escrow, "depositWithPermit", [1_000n, forever, permit.v, permit.r, permit.s])
  )
  const transfer = yield* transferOf(usd.address, escrow.address, 1_000n)
  yield* row(
    "depositWithAuthorization",
    send("stranger", escrow, "depositWithAuthorization", [addressOf("payer"), 1_000n, transfer])
  )
  yield* row("withdraw", send("payer", escrow, "withdraw", [1_000n]))

  const registration = (node: string, operator: string) => registrationOf(domain, node, operator, payout)
  yield* row(
    "registerNode",
    Effect.flatMap(compact("second", registration("second", "operator")), (signature) =>
      send("operator", escrow, "registerNode", [addressOf("second"), payout, signature])
    )
  )
  const cold = [
    yield* compact("third", registration("third", "cold")),
    yield* long("cold", registration("third", "cold"))
  ] as const
  yield* row(
    "registerNodeFor (relayed)",
    send("stranger", escrow, "registerNodeFor", [addressOf("third"), addressOf("cold"), payout, ...cold])
  )
  const message = { nodeId: addressOf("third"), payout, nonce: 0n, deadline: forever }
  const change = yield* long("cold", digest(domain, "SetPayout", message))
  yield* row(
    "setPayoutFor (relayed)",
    send("stranger", escrow, "setPayoutFor", [addressOf("third"), payout, forever, change])
  )

  const strict = termsOf("strict", 3)
  yield* row("open", send("payer", escrow, "open", [strict, 10n ** 9n]))
  yield* row("top-up", send("payer", escrow, "open", [strict, 10n ** 9n]))
  yield* row(
    "openWithSignature (relayed)",
    Effect.flatMap(openingOf(domain, termsOf("relayed", 3), 1_000n, 0n), (opening) =>
      send("stranger", escrow, "openWithSignature", opening)
    )
  )
  const spending = yield* spendingOf(domain)
  const openDelegated = (salt: string) =>
    send("control plane", escrow, "openDelegated", [termsOf(salt, 2), 1_000n, ...spending])
  yield* row("openDelegated, first of an authorization", openDelegated("one"))
  yield* row("openDelegated, later", openDelegated("two"))

  const redeem = (all: ReadonlyArray<Terms>, cumulative: bigint) =>
    Effect.gen(function* () {
      const claims = yield* Effect.forEach(all, (terms) => claim(terms, { cumulative }))
      return yield* send("stranger", escrow, "redeem", [payout, claims])
    })
  const managed = termsOf("managed", 2)
  yield* open(managed, 10n ** 9n)
  yield* row("redeem 1 channel, 3 signatures: the contract's first", redeem([strict], 1_000n))
  yield* row("redeem 1 channel, 3 signatures: 1 job or 1,000", redeem([strict], 1_000_000n))
  yield* row("redeem 1 channel, 2 signatures", redeem([managed], 1_000_000n))
  yield* row("redeem an old receipt (skipped)", redeem([strict], 1_000n))

  for (const need of [2, 3] as const) {
    for (const size of [10, 100, 200]) {
      const all = Array.from({ length: size }, (_, index) => termsOf(`${need} of ${size}: ${index}`, need))
      for (const terms of all) yield* open(terms, 10n ** 6n)
      yield* row(`redeem ${size} channels, ${need} signatures`, redeem(all, 1_000n), size)
    }
  }

  const request = yield* delayedClaimOf(domain, strict, { cumulative: 2_000_000n, seq: 9n })
  yield* row("requestClaim", send("stranger", escrow, "requestClaim", [request]))
  const id = digest(domain, "Terms", { ...strict })
  const answer = yield* compact(
    "control plane",
    digest(domain, "ClaimAnswer", { channelId: id, seq: 9n, admitted: 1_500_000n })
  )
  yield* row("answerClaim", send("stranger", escrow, "answerClaim", [id, 9n, 1_500_000n, answer]))
  yield* row("settleClaim", send("stranger", escrow, "settleClaim", [strict]))
  yield* row("collect", send("stranger", escrow, "collect", [addressOf("node")]))
  yield* row("requestClose", send("payer", escrow, "requestClose", [strict]))
  yield* days(day)
  yield* row("finishClose", send("payer", escrow, "finishClose", [strict]))
  yield* row(
    "closeNow",
    Effect.flatMap(closingOf(domain, termsOf("relayed", 3), 0n), (closing) =>
      send("payer", escrow, "closeNow", closing)
    )
  )
  yield* row("withdrawFees", send("stranger", escrow, "withdrawFees", []))
})

await Effect.runPromise(gas.pipe(fresh))
