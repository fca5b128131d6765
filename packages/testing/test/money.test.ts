import { describe, expect, test } from "bun:test"
import { readFileSync } from "node:fs"
import { join } from "node:path"
import { slipsOfCode, slipsOfSql } from "./money.ts"

const root = join(import.meta.dir, "..", "..", "..")

/** Where amounts are computed, kept, written and shown. */
const near = [
  "packages/payment/src/**/*.ts",
  "packages/control-plane/src/{bill,gateway,job,ledger,price}/**/*.ts",
  "packages/control-plane/src/http/{account,admin,ledgerCsv,money,quotes,receipts}.ts",
  "packages/control-plane/src/account/*.ts",
  "packages/daemon/src/receipt/**/*.ts",
  "packages/daemon/src/node/asking.ts",
  "packages/contract/src/{Account,Job,Ledger,Limits,Link,Price,Quote,Receipt,Usage}.ts",
  "packages/contract/src/api/*.ts",
  "apps/infernet/src/commands/{account,chat,limitFlags,payments}.ts",
  "apps/infernet/src/commands/{account,payments,payout,receipt}/**/*.ts",
  "apps/infernet/src/payout/**/*.ts",
  "apps/infernet/src/client/{chat,quote}.ts",
  "apps/infernet/src/terminal/prices.ts"
]

/** Where they are shown beside times and speeds. */
const beside = ["apps/infernet/src/terminal/{eventLines,eventLog}.ts"]

const filesOf = (patterns: ReadonlyArray<string>) => [
  ...new Set(patterns.flatMap((pattern) => [...new Bun.Glob(pattern).scanSync(root)]))
]

const findings = (files: ReadonlyArray<string>, slips: (text: string) => ReadonlyArray<string>) =>
  files.flatMap((file) => slips(readFileSync(join(root, file), "utf8")).map((slip) => `${file}:${slip}`))

describe("no floating point is near money", () => {
  test("in code", () => {
    const files = filesOf(near)
    expect(files.length).toBeGreaterThan(80)
    expect(findings(files, (text) => slipsOfCode(text))).toEqual([])
    expect(findings(filesOf(beside), (text) => slipsOfCode(text, true))).toEqual([])
  })

  test("in the database", () => {
    const files = filesOf(["sql/*.sql"])
    expect(files.length).toBeGreaterThanOrEqual(8)
    expect(findings(files, slipsOfSql)).toEqual([])
  })

  test.each([
    "const fee = amount * 0.15",
    "const dollars = micros / 1e6",
    "const dollars = job.cost_micros / 1_000_000",
    "const half = 0.5 * price.output_micros_per_1k",
    "return Number(amount)",
    "const shown = Number(balance.available_micros).toFixed(2)",
    "const amount = parseFloat(text)",
    "return Math.ceil(cost)",
    "const least = Math.min(bill.amount, hold)",
    "const rounded = Math.round(x)",
    "  cost_micros: Schema.Finite,",
    "  amount_micros: Schema.optionalKey(Schema.Int),",
    "  readonly balance: number",
    "sql`select sum(cost_micros)::float8 as cost from job`"
  ])("is seen in: %s", (line) => expect(slipsOfCode(line)).not.toEqual([]))

  test.each([
    "const fee = (cumulative * BigInt(feeBps)) / 10_000n",
    "const left = total / 2",
    "const seconds = Number(row.seq)",
    "const chunks = Math.ceil(items.length / size)",
    "  amount_micros: Micros,",
    "  prompt_tokens: Schema.Int,",
    "  readonly feeBps: number",
    "  /** An amount / 1000 is a comment. */",
    'const text = "price * 2"',
    "sql`select sum(cost_micros)::bigint, count(*)::float8 as requests from job`"
  ])("is not seen in: %s", (line) => expect(slipsOfCode(line)).toEqual([]))

  test("is seen in columns", () => {
    expect(slipsOfSql("  amount numeric not null,")).not.toEqual([])
    expect(slipsOfSql("alter table job add column hold_micros integer not null")).not.toEqual([])
    expect(slipsOfSql("  balance bigint not null default 0,\n  fee_bps integer,\n  redeemed_at timestamptz")).toEqual(
      []
    )
  })
})
