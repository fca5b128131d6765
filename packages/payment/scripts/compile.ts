/**
 * Writes the contracts' artifacts to `src/contracts`, or with `--check` says whether they are what the sources give.
 */
import { readFileSync, writeFileSync } from "node:fs"
import { join } from "node:path"
import { compile, moduleOf, pathOf } from "./solidity.ts"

const formatter = join(import.meta.dir, "..", "..", "..", "node_modules", ".bin", "oxfmt")

/** As the workspace's formatter writes it, so that it accepts what is generated. */
const formatted = (text: string, path: string): string => {
  const { exitCode, stderr, stdout } = Bun.spawnSync([formatter, `--stdin-filepath=${path}`], {
    stdin: new TextEncoder().encode(text)
  })
  if (exitCode !== 0) throw new Error(`oxfmt: ${stderr.toString()}`)
  return stdout.toString()
}

const check = process.argv.includes("--check")
let stale = false
for (const artifact of compile()) {
  const path = pathOf(artifact.name)
  const text = formatted(moduleOf(artifact), path)
  if (check) {
    if (readFileSync(path, "utf8") !== text) {
      stale = true
      process.stderr.write(`${artifact.name}: the artifact is not what the sources give: bun run contracts\n`)
    }
  } else {
    writeFileSync(path, text)
    process.stdout.write(`${artifact.name}: ${artifact.deployedSize} bytes, solc ${artifact.solc}\n`)
  }
}
process.exitCode = stale ? 1 : 0
