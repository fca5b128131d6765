/**
 * Runs every test, then says in one line how many passed, and by name what this machine could not run and how to get it.
 *
 * Where CI is set a skipped test is a failure: there everything needed has been fetched before.
 */
import { mkdtempSync, readFileSync, rmSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"

const directory = mkdtempSync(join(tmpdir(), "infernet-report-"))
const report = join(directory, "tests.xml")

const run = Bun.spawn(
  [process.execPath, "test", "--reporter=junit", `--reporter-outfile=${report}`, ...process.argv.slice(2)],
  { stdio: ["ignore", "inherit", "inherit"], cwd: join(import.meta.dir, "..") }
)
for (const signal of ["SIGINT", "SIGTERM"] as const) process.on(signal, () => run.kill(signal))
const code = await run.exited

let xml = ""
try {
  xml = readFileSync(report, "utf8")
} catch {
  process.stderr.write("the test runner ended without a report\n")
}
rmSync(directory, { recursive: true, force: true })

const count = (attribute: string): number =>
  Number(new RegExp(`<testsuites[^>]*\\b${attribute}="(\\d+)"`).exec(xml)?.[1] ?? 0)

const unescape = (text: string): string =>
  text
    .replaceAll("&quot;", '"')
    .replaceAll("&apos;", "'")
    .replaceAll("&lt;", "<")
    .replaceAll("&gt;", ">")
    .replaceAll("&amp;", "&")

const skippedNames = [...xml.matchAll(/<testcase[^>]*\bname="([^"]*)"[^>]*>\s*<skipped/g)].map(([, name]) =>
  unescape(name ?? "")
)
const failed = count("failures")
const skipped = count("skipped")
const passed = count("tests") - failed - skipped

if (skippedNames.length > 0) {
  process.stdout.write("\nNot run on this machine:\n")
  for (const name of skippedNames) process.stdout.write(`  ${name}\n`)
}
process.stdout.write(`\n${passed} passed, ${failed} failed${skipped > 0 ? `, ${skipped} skipped` : ""}\n`)

const incomplete = xml === "" || passed === 0 || (process.env["CI"] !== undefined && skipped > 0)
process.exit(code !== 0 || failed > 0 || incomplete ? 1 : 0)
