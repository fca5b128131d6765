/** Whether the endpoints speak for the right chain, and the right contract is there. */
import type { Address } from "@infernet/contract/Receipt"
import { Effect } from "effect"
import type { PublicClient } from "viem"
import { CprEscrow } from "../contracts/CprEscrow.ts"
import { hex } from "../receipt/digest.ts"
import type { Chain } from "./Chain.ts"
import { isAnswer, lineOf, type Rpc } from "./Rpc.ts"
import { RpcUnavailable, WrongChain, WrongContract } from "./SettlementError.ts"

interface Seen {
  readonly chainId: number
  readonly hasCode: boolean
  /** As `eip712Domain` gives it; none where that is no function of the contract. */
  readonly domain:
    | { readonly name: string; readonly version: string; readonly chainId: bigint; readonly at: string }
    | undefined
}

const look = async (client: PublicClient, contract: Address): Promise<Seen> => {
  const address = hex(contract)
  const [chainId, code] = await Promise.all([client.getChainId(), client.getCode({ address })])
  if (code === undefined) return { chainId, hasCode: false, domain: undefined }
  const domain = await client.readContract({ address, abi: CprEscrow.abi, functionName: "eip712Domain" }).then(
    ([, name, version, id, at]) => ({ name, version, chainId: id, at: at.toLowerCase() }),
    (error: unknown) => {
      // Nothing, or nonsense, is an answer too, unlike silence.
      if (isAnswer(error)) return undefined
      throw error
    }
  )
  return { chainId, hasCode: true, domain }
}

const contractSlip = ({ domain, hasCode }: Seen, { id }: Chain, contract: Address): string | undefined => {
  if (!hasCode) return "is no contract"
  if (domain === undefined || domain.name !== "Infernet CPR") return "is another contract than Infernet's escrow"
  if (domain.version !== "1") return `is version ${domain.version} of the escrow, which this program does not know`
  return domain.chainId === BigInt(id) && domain.at === contract
    ? undefined
    : "says that it is another contract than the one at this address"
}

/**
 * Asks every endpoint: one that says something wrong ends it, one that says nothing is passed over as long as another
 * answers. Gives the names of those that did not answer, with the reason.
 */
export const check = Effect.fnUntraced(function* (rpc: Rpc, chain: Chain, contract: Address) {
  const seen = yield* Effect.forEach(
    rpc.clients,
    ({ client, name }) =>
      Effect.map(Effect.result(Effect.tryPromise({ try: () => look(client, contract), catch: lineOf })), (answer) => ({
        name,
        answer
      })),
    { concurrency: "unbounded" }
  )
  const silent: Array<{ readonly name: string; readonly reason: string }> = []
  for (const { answer, name } of seen) {
    if (answer._tag === "Failure") {
      silent.push({ name, reason: answer.failure })
      continue
    }
    const { chainId } = answer.success
    if (chainId !== chain.id) {
      return yield* new WrongChain({ endpoint: name, chain: chain.title, expected: chain.id, got: chainId })
    }
    const why = contractSlip(answer.success, chain, contract)
    if (why !== undefined) return yield* new WrongContract({ contract, chain: chain.title, why })
  }
  if (silent.length === seen.length) {
    const reason = silent.map(({ name, reason }) => `${name}: ${reason}`).join("; ")
    return yield* new RpcUnavailable({ endpoints: rpc.names, reason })
  }
  return silent
})
