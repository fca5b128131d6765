import { expect, test } from "bun:test"
import { CprEscrow } from "@infernet/payment/contracts/CprEscrow"
import { TestUSD } from "@infernet/payment/contracts/TestUSD"
import { compile } from "../../scripts/solidity.ts"

/** What a contract may have on chain (EIP-170). */
const limit = 24_576

test("the committed artifacts are what the sources give, to the byte", () => {
  const [escrow, token] = compile()
  // Said in a word first: the difference of two byte codes helps nobody.
  expect([escrow?.sourcesHash, token?.sourcesHash], "run: bun run contracts").toEqual([
    CprEscrow.sourcesHash,
    TestUSD.sourcesHash
  ])
  expect(escrow).toMatchObject(CprEscrow)
  expect(token).toMatchObject(TestUSD)
  expect(escrow?.deployedSize).toBeLessThanOrEqual(limit)
}, 120_000)
