import { expect, test } from "bun:test"
import { available, forge } from "../../scripts/forge.ts"

const name = "keeps its promises under forge's fuzzing and random walks (needs Linux on x64)"

test.skipIf(!available)(
  name,
  async () => {
    const { code, output } = await forge(["test"])
    // Forge says which sequence of calls broke what: that is the failure to read.
    if (code !== 0) throw new Error(output)
    expect(output).toContain("0 failed, 0 skipped")
  },
  600_000
)
