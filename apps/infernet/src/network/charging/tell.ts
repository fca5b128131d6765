/** How this control plane charges, in lines that a person reads once. */
import { Console, Effect, Option } from "effect"
import { dim, row, yellow } from "../../terminal/style.ts"
import type { Charging } from "./Charging.ts"

const percent = (bps: number): string => `${bps / 100} %`

/** Addresses of the home's own chain and of everything on it that is of use to somebody. */
const lines = ({ chain, payments }: Charging): ReadonlyArray<string> => {
  const fee = `${percent(payments.feeBps)} of what nodes earn`
  if (chain === undefined) {
    return [row("payments", `from balances, without a chain ${dim(`(fee ${fee})`)}`)]
  }
  const { escrow, local, payer } = chain
  const money = local === undefined ? escrow.chain.title : yellow("test money, worth nothing")
  return [
    row("payments", `${money} ${dim(`(fee ${fee})`)}`),
    ...(local === undefined
      ? []
      : [row("chain", `${local.deployment.rpc_url} ${dim(`(id ${local.deployment.chain_id})`)}`)]),
    row("escrow", `${escrow.contract} ${yellow("(unaudited)")}`),
    row("gateway", payer.id)
  ]
}

export const charging = (how: Charging) =>
  how.payments.mode === "off" ? Effect.void : Console.log(lines(how).join("\n"))

/** Where the node of this process is paid. */
export const payout = (address: string | undefined) =>
  address === undefined ? Effect.void : Console.log(row("payout", address))

/** What there is to do next on a chain of test money. */
export const next = ({ chain }: Charging, command: string): Option.Option<string> =>
  chain?.local === undefined
    ? Option.none()
    : Option.some(
        [
          dim("  Each chat costs this account and earns this node test money. What is left of"),
          dim("  the account's, and a payout on the local chain:"),
          "",
          `  ${command} account balance`,
          `  ${command} payout --all`,
          ""
        ].join("\n")
      )
