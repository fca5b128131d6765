import { expect, test } from "bun:test"
import { CprEscrow } from "@infernet/payment/contracts/CprEscrow"
import { TestUSD } from "@infernet/payment/contracts/TestUSD"
import { compile } from "../../scripts/solidity.ts"

/** What a contract may have on chain (EIP-170). */
const limit = 24_576

test("the committed artifacts are what the sources give, to the byte", () => {
  const [escrow, token] = compile().map(({ deployedSize, name: _, ...artifact }) => {
    expect(deployedSize).toBeLessThanOrEqual(limit)
    return artifact
  })
  // Said in a word first: the difference of two byte codes helps nobody.
  expect([escrow?.sourcesHash, token?.sourcesHash], "run: bun run contracts").toEqual([
    CprEscrow.sourcesHash,
    TestUSD.sourcesHash
  ])
  expect(escrow).toEqual(CprEscrow)
  expect(token).toEqual(TestUSD)
}, 120_000)
