/** The conformance suite against every backend that is to be had here; `bun run test:backends` names those that are not. */
import { describe, test } from "bun:test"
import { suite } from "./suite.ts"
import { targets } from "./targets.ts"

const nameMissing = process.env["CONFORMANCE"] === "all"

for (const target of targets) {
  if (target.from._tag !== "Missing") describe(target.name, () => suite(target))
  else if (nameMissing) test.skip(`${target.name}: unproven here (${target.from.how})`, () => undefined)
}
