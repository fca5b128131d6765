import { expect, test } from "bun:test"
import { readFileSync } from "node:fs"
import { dirname, join, relative } from "node:path"

const root = join(import.meta.dir, "../../..")

/** A script and what it imports of this repository, from its root. */
const closure = (file: string, seen = new Set<string>()): ReadonlySet<string> => {
  if (seen.has(file)) return seen
  seen.add(file)
  const path = join(root, file)
  for (const { path: imported } of new Bun.Transpiler({ loader: "ts" }).scanImports(readFileSync(path, "utf8"))) {
    if (imported.startsWith(".")) closure(relative(root, join(dirname(path), imported)), seen)
  }
  return seen
}

test("the Nix build has every file of the script that it runs", () => {
  const text = readFileSync(join(root, "nix/package.nix"), "utf8")
  const sources = [...text.matchAll(/^\s+\.\.\/(\S+)$/gm)].map(([, path]) => path ?? "")
  expect(text).toContain("bun scripts/package.ts")
  expect(sources).toContain("packages")
  const missing = [...closure("scripts/package.ts")].filter(
    (file) => !sources.some((source) => file === source || file.startsWith(`${source}/`))
  )
  expect(missing).toEqual([])
})
