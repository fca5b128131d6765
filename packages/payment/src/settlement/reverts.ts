/** What the escrow or the token said when it refused, as an error that says what to do. */
import type { Address } from "@infernet/contract/Receipt"
import { decodeErrorResult, parseAbi } from "viem"
import { CprEscrow } from "../contracts/CprEscrow.ts"
import { TestUSD } from "../contracts/TestUSD.ts"
import type { Call } from "./calls.ts"
import type { CallReverted } from "./Rpc.ts"
import { Blacklisted, Paused, type Refused, Reverted, Underfunded } from "./SettlementError.ts"

/** The token's errors come through the escrow as they are. */
const abi = [...CprEscrow.abi, ...TestUSD.abi, ...parseAbi(["error Error(string reason)"])] as const

const lower = (address: string): Address => address.toLowerCase()

const decoded = (data: CallReverted["data"]) => {
  if (data === undefined) return undefined
  try {
    return decodeErrorResult({ abi, data })
  } catch {
    // An error that is none of ours: told as it is.
    return undefined
  }
}

const argumentsOf = (args: ReadonlyArray<unknown> | undefined): string => (args ?? []).map(String).join(", ")

/** Of errors that an operator or a payer can act on: name and arguments in words. */
const reasonOf = (error: NonNullable<ReturnType<typeof decoded>>): string => {
  switch (error.errorName) {
    case "UnknownNode":
      return `node ${lower(error.args[0])} is not registered there. Its operator registers it with \`infernet payout --set-address\``
    case "KeyTaken":
      return `key ${lower(error.args[0])} is or was the key of node ${lower(error.args[1])}: a key serves one node, once. Make another with \`infernet keys rotate\``
    case "NotOperator":
      return `only its operator's key ${lower(error.args[1])} may do that, and this is ${lower(error.args[0])}: name the file of that key with --operator-key`
    case "InvalidPayout":
      return `${lower(error.args[0])} cannot be paid: give an address of yours`
    case "InvalidSignature":
      return `it is not signed by ${lower(error.args[0])}`
    case "WrongFee":
      return `it takes a fee of ${error.args[1]} ten-thousandths now, and this channel's terms say ${error.args[0]}: make new terms`
    case "ChannelClosing":
      return `channel ${error.args[0]} is closing or closed: use another one`
    case "Error":
      return error.args[0]
    default:
      return `${error.errorName}(${argumentsOf(error.args)})`
  }
}

/** `from` is who would have sent it. */
export const refusalOf = (
  { data, message }: CallReverted,
  { what }: Pick<Call, "what">,
  from: Address,
  contract: Address
): Refused => {
  const error = decoded(data)
  if (error === undefined) {
    return new Reverted({ what, name: "unknown", reason: data ?? (message === "" ? "it gives no reason" : message) })
  }
  switch (error.errorName) {
    case "EnforcedPause":
      return new Paused({ contract })
    case "Blacklisted":
      return new Blacklisted({ address: lower(error.args[0]) })
    case "PoolTooSmall":
      return new Underfunded({
        address: lower(error.args[0]),
        of: "escrow pool",
        has: error.args[1],
        needs: error.args[2]
      })
    case "ERC20InsufficientBalance":
      return new Underfunded({ address: lower(error.args[0]), of: "wallet", has: error.args[1], needs: error.args[2] })
    case "ERC20InsufficientAllowance":
      return new Underfunded({ address: from, of: "allowance", has: error.args[1], needs: error.args[2] })
    case "Error":
      // USDC says it in words.
      if (/blacklist/i.test(error.args[0])) return new Blacklisted({ address: undefined })
  }
  return new Reverted({ what, name: error.errorName, reason: reasonOf(error) })
}
