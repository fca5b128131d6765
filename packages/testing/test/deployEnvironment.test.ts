/** Every variable that the code reads has words for it, and no words are about one that nothing reads. */
import { describe, expect, test } from "bun:test"
import { readFileSync } from "node:fs"
import { join } from "node:path"
import { problems, secrets } from "../../../scripts/environment/page.ts"
import { variables } from "../../../scripts/environment/sources.ts"

describe("the environment", () => {
  test("is described, each variable once", () => {
    expect(problems()).toEqual([])
  })

  test("is found in whatever way the code reads it, with what counts without it", () => {
    const found = variables()
    // `Config.Int`, after a list of literals, from a table of settings, and from `process.env` itself.
    for (const name of ["DATABASE_POOL", "INFERNET_LOG_LEVEL", "VLLM_INSTANCES", "NO_COLOR", "http_proxy"]) {
      expect(found.has(name), name).toBe(true)
    }
    expect(found.get("DATABASE_POOL")?.usual).toBe("10")
    expect(found.get("INFERNET_ENGINE_KEEP")?.usual).toBe("10 minutes")
    expect(found.has("Q4_K_M")).toBe(false)
  })

  test("gives containers each of its secrets from a file", () => {
    const script = readFileSync(join(import.meta.dir, "../../../deploy/infernet.sh"), "utf8")
    const [, list = ""] = /for name in ((?:\w+|\s|\\\n)+); do/.exec(script) ?? []
    const ofTests = new Set(["TEST_DATABASE_URL"])
    expect(list.split(/[\s\\]+/).toSorted()).toEqual([...secrets()].filter((name) => !ofTests.has(name)).toSorted())
  })
})
