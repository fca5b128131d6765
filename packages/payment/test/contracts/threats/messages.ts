/** What people and machines sign towards the escrow, signed with the test keys of their names. */
import { ComputeReceipt, JobUsage, SpendVoucher, Terms } from "@infernet/payment/receipt/typed"
import { accountOf, chain, keyOf } from "@infernet/testing/Evm"
import { Effect } from "effect"
import { type Address, type Hex, hashStruct, hashTypedData, hexToBigInt, keccak256, stringToHex, toHex } from "viem"
import { serializeSignature, sign } from "viem/accounts"

const address = (name: string) => ({ name, type: "address" }) as const
const field = <const T extends string>(name: string, type: T) => ({ name, type })

export const types = {
  Terms,
  SpendVoucher,
  JobUsage,
  ComputeReceipt,
  OpenChannel: [field("channelId", "bytes32"), field("amount", "uint128"), field("nonce", "uint256")],
  SpendAuthorization: [
    address("payer"),
    address("delegate"),
    field("maxTotal", "uint128"),
    field("maxPerChannel", "uint128"),
    field("validUntil", "uint40"),
    field("epoch", "uint64")
  ],
  CloseChannel: [field("channelId", "bytes32"), field("finalCumulative", "uint128")],
  DelayedClaim: [field("receipt", "bytes32")],
  ClaimAnswer: [field("channelId", "bytes32"), field("seq", "uint64"), field("admitted", "uint128")],
  RegisterNode: [address("nodeKey"), address("operator"), address("payout")],
  RotateNodeKey: [address("nodeId"), address("newKey")],
  SetPayout: [address("nodeId"), address("payout"), field("nonce", "uint256"), field("deadline", "uint256")],
  // The token's own.
  Permit: [
    address("owner"),
    address("spender"),
    field("value", "uint256"),
    field("nonce", "uint256"),
    field("deadline", "uint256")
  ],
  ReceiveWithAuthorization: [
    address("from"),
    address("to"),
    field("value", "uint256"),
    field("validAfter", "uint256"),
    field("validBefore", "uint256"),
    field("nonce", "bytes32")
  ]
} as const

export interface Domain {
  readonly name: string
  readonly version: string
  readonly chainId: number
  readonly verifyingContract: Address
}

export const domainOf = (verifyingContract: Address, chainId: number = chain.id): Domain => ({
  name: "Infernet CPR",
  version: "1",
  chainId,
  verifyingContract
})

export const tokenDomain = (token: Address): Domain => ({ ...domainOf(token), name: "Test USD" })

export const digest = (domain: Domain, primaryType: keyof typeof types, message: Record<string, unknown>): Hex =>
  hashTypedData({ domain, types, primaryType, message } as Parameters<typeof hashTypedData>[0])

export interface Signature {
  readonly r: Hex
  readonly vs: Hex
}

export const unsigned: Signature = { r: toHex(0, { size: 32 }), vs: toHex(0, { size: 32 }) }

const parts = (name: string, hash: Hex) => Effect.promise(() => sign({ hash, privateKey: keyOf(name) }))

/** The 64 bytes of EIP-2098, as keys of nodes, sessions and control planes sign. */
export const compact = (name: string, hash: Hex) =>
  Effect.map(parts(name, hash), ({ r, s, yParity }): Signature => {
    const parity = BigInt(yParity ?? 0)
    return { r, vs: toHex(hexToBigInt(s) | (parity << 255n), { size: 32 }) }
  })

/** The 65 bytes that wallets give. */
export const long = (name: string, hash: Hex) =>
  Effect.map(parts(name, hash), (signature) => serializeSignature(signature))

/** `v`, `r` and `s`, as the token wants them. */
export const split = (name: string, hash: Hex) =>
  Effect.map(parts(name, hash), ({ r, s, yParity }) => ({ v: 27 + (yParity ?? 0), r, s }))

export interface Terms {
  readonly payer: Address
  readonly payerSigner: Address
  readonly nodeId: Address
  readonly feeBps: number
  readonly need: number
  readonly withdrawDelay: number
  readonly salt: Hex
}

/** A channel of "payer", with "session" for its ceilings, to "node". */
export const termsOf = (salt: string, need: 1 | 2 | 3, changes: Partial<Terms> = {}): Terms => ({
  payer: accountOf("payer").address,
  payerSigner: accountOf("session").address,
  nodeId: accountOf("node").address,
  feeBps: 1_500,
  need,
  withdrawDelay: 86_400,
  salt: keccak256(stringToHex(salt)),
  ...changes
})

const usage = {
  job: keccak256(stringToHex("job_1")),
  attempt: keccak256(stringToHex("att_1")),
  previous: toHex(0, { size: 32 }),
  modelHash: keccak256(stringToHex("model")),
  requestHash: toHex(1, { size: 32 }),
  responseHash: toHex(2, { size: 32 }),
  promptTokens: 100n,
  completionTokens: 200n,
  inputPrice: 500n,
  outputPrice: 2_000n,
  amount: 450n,
  startedAt: 1n,
  finishedAt: 2n
}

const by = (name: string | undefined, hash: Hex) =>
  name === undefined ? Effect.succeed(unsigned) : compact(name, hash)

/** Who signs what; `undefined`: nobody. */
export interface Signers {
  readonly node?: string | undefined
  readonly controlPlane?: string | undefined
  readonly session?: string | undefined
}

export interface Amounts extends Signers {
  readonly cumulative: bigint
  readonly ceiling?: bigint
  readonly seq?: bigint
}

/** A claim for `cumulative`, under a ceiling of as much, signed by all three where nothing else is said. */
export const claimOf = Effect.fnUntraced(function* (domain: Domain, terms: Terms, amounts: Amounts) {
  const { ceiling = amounts.cumulative, cumulative, seq = 1n } = amounts
  const signers = { node: "node", controlPlane: "control plane", session: "session", ...amounts }
  const channelId = digest(domain, "Terms", { ...terms })
  const receipt = digest(domain, "ComputeReceipt", { channelId, seq, cumulativeAmount: cumulative, usage })
  const voucher = digest(domain, "SpendVoucher", { channelId, maxCumulative: ceiling })
  return {
    terms,
    seq,
    cumulative,
    ceiling,
    usageHash: hashStruct({ types: { JobUsage }, primaryType: "JobUsage", data: usage }),
    nodeSignature: yield* by(signers.node, receipt),
    controlPlaneSignature: yield* by(signers.controlPlane, receipt),
    payerSignature: yield* by(signers.session, voucher)
  }
})

/** The same to be announced: the node signs DelayedClaim of the receipt, the control plane nothing. */
export const delayedClaimOf = Effect.fnUntraced(function* (domain: Domain, terms: Terms, amounts: Amounts) {
  const claim = yield* claimOf(domain, terms, { ...amounts, controlPlane: undefined })
  const channelId = digest(domain, "Terms", { ...terms })
  const { cumulative: cumulativeAmount, seq } = claim
  const receipt = digest(domain, "ComputeReceipt", { channelId, seq, cumulativeAmount, usage })
  const nodeSignature = yield* compact(amounts.node ?? "node", digest(domain, "DelayedClaim", { receipt }))
  return { ...claim, nodeSignature }
})

export type Claim = Effect.Success<ReturnType<typeof claimOf>>
