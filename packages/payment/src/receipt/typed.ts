/** The EIP-712 types of channels, vouchers and receipts, as the contract has them. */

export const Terms = [
  { name: "payer", type: "address" },
  { name: "payerSigner", type: "address" },
  { name: "nodeId", type: "address" },
  { name: "feeBps", type: "uint16" },
  { name: "need", type: "uint8" },
  { name: "withdrawDelay", type: "uint40" },
  { name: "salt", type: "bytes32" }
] as const

export const SpendVoucher = [
  { name: "channelId", type: "bytes32" },
  { name: "maxCumulative", type: "uint128" }
] as const

export const JobUsage = [
  { name: "job", type: "bytes32" },
  { name: "attempt", type: "bytes32" },
  { name: "previous", type: "bytes32" },
  { name: "modelHash", type: "bytes32" },
  { name: "requestHash", type: "bytes32" },
  { name: "responseHash", type: "bytes32" },
  { name: "promptTokens", type: "uint64" },
  { name: "completionTokens", type: "uint64" },
  { name: "inputPrice", type: "uint64" },
  { name: "outputPrice", type: "uint64" },
  { name: "amount", type: "uint128" },
  { name: "startedAt", type: "uint64" },
  { name: "finishedAt", type: "uint64" }
] as const

export const ComputeReceipt = [
  { name: "channelId", type: "bytes32" },
  { name: "seq", type: "uint64" },
  { name: "cumulativeAmount", type: "uint128" },
  { name: "usage", type: "JobUsage" }
] as const
