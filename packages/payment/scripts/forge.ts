/**
 * Forge, from npm and offline: fetched into `contracts/node_modules` when first needed, compiling with npm's solc.
 *
 * It is no dependency of the workspace: 81 MB that only these tests use, and for Linux on x64 alone.
 */
import { chmodSync, existsSync, mkdtempSync, rmSync, writeFileSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { directory } from "./solidity.ts"

/** Whether there is a forge for this machine. */
export const available = process.platform === "linux" && process.arch === "x64"

const program = join(directory, "node_modules", ".bin", "forge")

const run = async (command: ReadonlyArray<string>, cwd: string, env: Record<string, string>) => {
  const child = Bun.spawn([...command], { cwd, env: { ...process.env, ...env }, stdout: "pipe", stderr: "pipe" })
  const [stdout, stderr, code] = await Promise.all([
    new Response(child.stdout).text(),
    new Response(child.stderr).text(),
    child.exited
  ])
  return { code, output: stdout + stderr }
}

/** Installs forge where it is missing; throws with the installer's words. */
const fetch = async (): Promise<void> => {
  if (existsSync(program)) return
  const { code, output } = await run([process.execPath, "install", "--frozen-lockfile"], directory, {})
  if (code !== 0 || !existsSync(program)) throw new Error(`forge cannot be fetched from npm:\n${output}`)
}

/**
 * Runs forge on a folder of contracts and gives its exit code and all it said. `FOUNDRY_FUZZ_RUNS`, `FOUNDRY_INVARIANT_RUNS`
 * and forge's other variables make it search longer.
 */
export const forge = async (args: ReadonlyArray<string>, contracts: string = directory) => {
  await fetch()
  const place = mkdtempSync(join(tmpdir(), "infernet-solc-"))
  try {
    const solc = join(place, "solc")
    writeFileSync(solc, `#!/bin/sh\nexec '${process.execPath}' '${join(import.meta.dir, "solc.ts")}' "$@"\n`)
    chmodSync(solc, 0o755)
    return await run([program, ...args, "--offline"], contracts, { FOUNDRY_SOLC: solc })
  } finally {
    rmSync(place, { recursive: true, force: true })
  }
}
