/**
 * Breaks the escrow in known ways and says which tests notice:
 * `bun packages/payment/scripts/mutations.ts [part of a name] [--forge]`.
 *
 * Forge is asked what the threat tests miss, or all with `--forge`. Some minutes, so not part of the checks. Fails where a
 * mutation survives both.
 */
import { cpSync, mkdirSync, rmSync, symlinkSync, writeFileSync } from "node:fs"
import { join } from "node:path"
import { forge } from "./forge.ts"
import { type Mutation, mutations } from "./mutations/mutations.ts"
import { compile, directory, sources } from "./solidity.ts"

const root = join(import.meta.dir, "..")
const place = join(root, "node_modules", ".mutant")
const contracts = join(place, "contracts")
const threats = join(root, "test", "contracts", "threats")

const mutate = ({ file, find, name, replace }: Mutation): string => {
  const source = sources()[file]
  if (source === undefined || source.split(find).length !== 2) throw new Error(`${name}: ${file} has it not once`)
  return source.replace(find, replace)
}

/** The first threat that a mutant fails to withstand. */
const caughtByThreats = async (mutation: Mutation): Promise<string | undefined> => {
  const artifact = join(place, "CprEscrow.json")
  writeFileSync(artifact, JSON.stringify(compile({ ...sources(), [mutation.file]: mutate(mutation) }, false)[0]))
  const child = Bun.spawn(
    [process.execPath, "test", "--preload", join(root, "scripts/mutations/preload.ts"), threats],
    {
      env: { ...process.env, MUTANT: artifact },
      stdout: "ignore",
      stderr: "pipe"
    }
  )
  const output = await new Response(child.stderr).text()
  return (await child.exited) === 0 ? undefined : (/\(fail\) (.*) \[/.exec(output)?.[1] ?? "the test run failed")
}

/** The first property or invariant that forge finds broken. */
const caughtByForge = async (mutation: Mutation): Promise<string | undefined> => {
  cpSync(directory, contracts, { recursive: true, filter: (path) => !path.includes("node_modules") })
  writeFileSync(join(contracts, mutation.file), mutate(mutation))
  const { code, output } = await forge(["test", "--fail-fast"], contracts)
  rmSync(contracts, { recursive: true, force: true })
  return code === 0
    ? undefined
    : (/\[FAIL[^\]]*\] (\w+)/.exec(output)?.[1] ?? /\b(invariant_\w+|test\w+)\(/.exec(output)?.[1])
}

rmSync(place, { recursive: true, force: true })
mkdirSync(place, { recursive: true })
// Where the mutant's folder looks for OpenZeppelin.
symlinkSync(join(root, "node_modules"), join(place, "node_modules"))
const thorough = process.argv.includes("--forge")
const wanted = process.argv.slice(2).find((word) => word !== "--forge") ?? ""
let survivors = 0
process.stdout.write("| mutation | threat tests | forge |\n| --- | --- | --- |\n")
for (const mutation of mutations.filter(({ name }) => name.includes(wanted))) {
  const threat = await caughtByThreats(mutation)
  const property = thorough || threat === undefined ? await caughtByForge(mutation) : undefined
  if (threat === undefined && property === undefined) survivors++
  process.stdout.write(`| ${mutation.name} | ${threat ?? "—"} | ${property ?? "—"} |\n`)
}
rmSync(place, { recursive: true, force: true })
process.exitCode = survivors === 0 ? 0 : 1
