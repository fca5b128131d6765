/**
 * Runs the conformance suite against every backend that is to be had, and ends with a table: proven or not, and by what.
 *
 * What is not here is given by its address or by a command: see `packages/backend/test/conformance/targets.ts`.
 */
import { existsSync, mkdtempSync, readFileSync, rmSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { targets } from "../packages/backend/test/conformance/targets.ts"

const directory = mkdtempSync(join(tmpdir(), "infernet-conformance-"))
const report = join(directory, "tests.xml")
const suites = ["packages/backend/test/conformance", "packages/backend/test/ollamaReal.test.ts"]
const run = Bun.spawn(
  [process.execPath, "test", "--reporter=junit", `--reporter-outfile=${report}`, ...suites, ...process.argv.slice(2)],
  {
    stdio: ["ignore", "inherit", "inherit"],
    cwd: join(import.meta.dir, ".."),
    env: { ...process.env, CONFORMANCE: "all" }
  }
)
for (const signal of ["SIGINT", "SIGTERM"] as const) process.on(signal, () => run.kill(signal))
const code = await run.exited
// A run that was stopped has written none.
const xml = existsSync(report) ? readFileSync(report, "utf8") : ""
rmSync(directory, { recursive: true, force: true })

interface Case {
  readonly of: string
  readonly failed: boolean
}

const cases = [...xml.matchAll(/<testcase\b([^>]*?)(\/>|>([\s\S]*?)<\/testcase>)/g)].flatMap(
  ([, attributes = "", , inside = ""]): ReadonlyArray<Case> =>
    inside.includes("<skipped")
      ? []
      : [{ of: /\bclassname="([^"]*)"/.exec(attributes)?.[1] ?? "", failed: inside.includes("<failure") }]
)

const width = Math.max(...targets.map(({ name }) => name.length))
process.stdout.write("\n")
for (const { from, name } of targets) {
  const of = cases.filter((one) => one.of === name)
  const failed = of.filter((one) => one.failed).length
  const verdict =
    from._tag === "Missing"
      ? `unproven: ${from.how}`
      : of.length === 0
        ? "not asked for"
        : `${of.length - failed} of ${of.length} held${from._tag === "Address" ? " (not killed: given by its address)" : ""}`
  process.stdout.write(`  ${name.padEnd(width)}  ${verdict}\n`)
}
process.exit(code)
