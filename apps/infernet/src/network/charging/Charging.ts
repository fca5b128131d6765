/** How a control plane of this process charges: off, from a ledger alone, or over an escrow on a chain as well. */
import type { Identity } from "@infernet/auth/Identity"
import { type Payments, paymentsOff } from "@infernet/control-plane/Payments"
import type { Escrow } from "@infernet/payment/settlement/Escrow"
import type { LocalChainError } from "@infernet/payment/chain/LocalChainError"
import type { LocalDeployment } from "@infernet/payment/chain/LocalDeployment"
import { Effect, Option } from "effect"
import * as settings from "../../settings/payments.ts"
import { Failure } from "../../terminal/exit.ts"

type Key = Identity["Service"]

/** The platform as payer on a chain. */
export interface OnChain {
  readonly escrow: Escrow["Service"]
  /** The wallet that pays, and the key that signs what each job may cost. */
  readonly payer: Key
  readonly signer: Key
  /** See `Redemptions`, in seconds. */
  readonly settledAfterSeconds: number
  /** The home's own chain; none where others run it. */
  readonly local:
    | {
        readonly deployment: LocalDeployment
        readonly operator: Key
        /** Gives an address so many micro-dollars, which are worth nothing. */
        readonly mint: (to: string, micros: bigint) => Effect.Effect<unknown, LocalChainError>
        readonly collectFees: Effect.Effect<bigint, LocalChainError>
        readonly ended: Effect.Effect<number>
      }
    | undefined
}

export interface Charging {
  readonly payments: Payments
  /** None where nothing is paid over a chain. */
  readonly chain: OnChain | undefined
}

/** Receipts are made and nothing is paid. */
export const off: Charging = { payments: paymentsOff, chain: undefined }

/** How it is chosen; what it takes is brought up until the scope closes. `own`: the node of this process. */
/** Fails when the home's own chain is no more: nothing could be paid out, and no job be paid for. */
export const chainLost = ({ chain }: Charging) =>
  chain?.local === undefined
    ? Effect.never
    : Effect.flatMap(chain.local.ended, (code) =>
        Effect.fail(new Failure({ message: `the local chain has ended by itself (exit code ${code}): start again` }))
      )

export const open = Effect.fnUntraced(function* (choice: settings.Choice, own: ReadonlyArray<string>) {
  const feeBps = yield* settings.feeBps()
  if (choice === "off") return off
  const startingCredit = yield* settings.startingCredit(choice)
  if (choice === "ledger") {
    const fee = Option.getOrElse(feeBps, () => settings.usualFeeBps)
    return {
      payments: { ...paymentsOff, mode: "ledger", feeBps: fee, startingCredit },
      chain: undefined
    } satisfies Charging
  }
  // Loaded only where there is a chain: most have none.
  const chain = yield* choice === "local"
    ? Effect.flatMap(
        Effect.promise(() => import("./local.ts")),
        ({ open }) =>
          open(
            Option.getOrElse(feeBps, () => settings.usualFeeBps),
            own
          )
      )
    : Effect.flatMap(
        Effect.promise(() => import("./public.ts")),
        ({ open }) => open(choice, feeBps)
      )
  const { escrow, payer, signer } = chain
  const payments: Payments = {
    ...paymentsOff,
    mode: "chain",
    domain: escrow.domain,
    feeBps: (yield* escrow.terms).feeBps,
    startingCredit,
    gateway: { payer: payer.id, signer: signer.id }
  }
  return { payments, chain } satisfies Charging
})
