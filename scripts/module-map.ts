/** Keeps the module map of `docs/architecture.md` true: each source file with the first sentence it says of itself. */
import { readFileSync, writeFileSync } from "node:fs"
import { join } from "node:path"

const root = join(import.meta.dir, "..")
const document = join(root, "docs", "architecture.md")

const firstSentence = (path: string): string => {
  const text = readFileSync(join(root, path), "utf8").replace(/^#!.*\n/, "")
  const [, comment] = /^\/\*\*\s*(?:\*\s+)?([\s\S]*?)\s*(?:\*\/|\n\s*\*\s*\n)/.exec(text) ?? []
  if (comment === undefined) throw new Error(`${path} does not begin with a sentence that says what it promises`)
  return comment.replace(/\s*\n\s*\*\s*/g, " ")
}

const files = [...new Bun.Glob("{packages,apps}/*/src/**/*.{ts,tsx}").scanSync({ cwd: root })].sort()
const packages = Map.groupBy(files, (file) => file.split("/").slice(0, 2).join("/"))

const map = [...packages].map(([name, members]) => {
  const rows = members.map((file) => `| \`${file.slice(name.length + "/src/".length)}\` | ${firstSentence(file)} |`)
  return [`### ${name}`, "", "| module | what it promises |", "| --- | --- |", ...rows, ""].join("\n")
})

const before = readFileSync(document, "utf8")
const after = before.replace(
  /<!-- modules -->[\s\S]*<!-- \/modules -->/,
  () => `<!-- modules -->\n\n${map.join("\n")}\n<!-- /modules -->`
)

if (process.argv.includes("--check")) {
  if (before !== after) {
    process.stderr.write("docs/architecture.md does not show the modules as they are: run bun scripts/module-map.ts\n")
    process.exit(1)
  }
} else writeFileSync(document, after)
