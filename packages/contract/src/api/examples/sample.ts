/** The names that stand in examples for those of a real network: each looks as the real ones do, and is nobody's. */
import { encode } from "../../Id.ts"

/** The time of all that happens in examples. */
export const time = "2026-11-22T12:00:00.000Z"

/** The `n`th id that examples need. */
export const idOf = (n: number): string => encode(Date.parse(time), BigInt(n) * 0x9e3779b97f4a7n)

const hex = (digits: string, length: number) => digits.repeat(Math.ceil(length / digits.length)).slice(0, length)

export const sample = {
  model: "qwen3:4b",
  account: `acc_${idOf(1)}`,
  operator: `acc_${idOf(2)}`,
  key: `key_${idOf(3)}`,
  otherKey: `key_${idOf(4)}`,
  job: `job_${idOf(5)}`,
  command: `cmd_${idOf(6)}`,
  session: `ses_${idOf(7)}`,
  response: `resp_job_${idOf(8)}`,
  controlPlane: `0x${hex("c0ffee", 40)}`,
  node: `0x${hex("5eed4a11", 40)}`,
  receipt: `cpr_${idOf(9)}`,
  otherReceipt: `cpr_${idOf(10)}`,
  otherNode: `0x${hex("0dd5ba11", 40)}`,
  publicKey: `02${hex("5eed4a11", 64)}`,
  otherPublicKey: `03${hex("0dd5ba11", 64)}`,
  wallet: `0x${hex("a11ce", 40)}`,
  signature: `0x${hex("a11ce5", 128)}1b`,
  nodeSignature: hex("5eed", 128),
  message: "infernet.example wants you to sign in with your Ethereum account: …",
  secret: `inft_${hex("0examp1e", 46)}`,
  token: `infs_${hex("0examp1e", 46)}`,
  csrf: hex("0examp1e", 43),
  signInCode: hex("0examp1e", 22),
  linkCode: "0EXA-MP1E-0EXA",
  origin: "https://infernet.example"
} as const
