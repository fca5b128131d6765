/** Writes `docs/environment.md`; with `--check` fails where it does not show the variables as they are. */
import { readFileSync, writeFileSync } from "node:fs"
import { join } from "node:path"
import { page, problems } from "./environment/page.ts"

const document = join(import.meta.dir, "..", "docs", "environment.md")

const wrong = problems()
if (wrong.length > 0) {
  process.stderr.write(`${wrong.join("\n")}\n`)
  process.exit(1)
}
if (!process.argv.includes("--check")) writeFileSync(document, page())
else if (readFileSync(document, "utf8") !== page()) {
  process.stderr.write("docs/environment.md does not show the variables as they are: run bun scripts/environment.ts\n")
  process.exit(1)
}
