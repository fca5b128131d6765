/**
 * The contracts compiled, the same bytes on every machine: pinned compiler, logical source names, no metadata.
 *
 * What runs uses the artifacts in `src/contracts` alone; the compiler is for whoever changes a contract.
 */
import { createHash } from "node:crypto"
import { readdirSync, readFileSync } from "node:fs"
import { createRequire } from "node:module"
import { join } from "node:path"
import solc from "solc"

const require = createRequire(import.meta.url)

/** Where the contracts are. */
export const directory = join(import.meta.dir, "..", "contracts")

/** The contracts that have an artifact; the other files are parts of them. */
export const deployable = ["CprEscrow", "TestUSD"] as const
export type Deployable = (typeof deployable)[number]

/** Few runs would save bytes nobody pays for, many would pass the size that a contract may have (24,576 bytes). */
const settings = {
  evmVersion: "cancun",
  optimizer: { enabled: true, runs: 1_000 },
  viaIR: false,
  metadata: { bytecodeHash: "none", appendCBOR: false },
  outputSelection: { "*": { "*": ["abi", "evm.bytecode.object", "evm.deployedBytecode.object"] } }
}

interface Output {
  readonly errors?: ReadonlyArray<{ readonly severity: string; readonly formattedMessage: string }>
  readonly contracts: Record<
    string,
    Record<
      string,
      {
        readonly abi: ReadonlyArray<unknown>
        readonly evm: Record<"bytecode" | "deployedBytecode", { readonly object: string }>
      }
    >
  >
}

export interface Artifact {
  readonly name: Deployable
  readonly solc: string
  /** SHA-256 of the compiler's settings. */
  readonly settingsHash: string
  /** SHA-256 of all sources by name, imported ones included. */
  readonly sourcesHash: string
  readonly abi: ReadonlyArray<unknown>
  readonly bytecode: string
  /** Bytes on chain; 24,576 is the most that there may be. */
  readonly deployedSize: number
}

const sha256 = (text: string): string => createHash("sha256").update(text).digest("hex")

/** The contracts of this package by file name. */
export const sources = (): Record<string, string> =>
  Object.fromEntries(
    readdirSync(directory)
      .filter((file) => file.endsWith(".sol"))
      .toSorted()
      .map((file) => [file, readFileSync(join(directory, file), "utf8")])
  )

/** Compiles; throws with the compiler's own words where it has an error, or `strict` a warning about what is ours. */
export const compile = (own: Record<string, string> = sources(), strict = true): ReadonlyArray<Artifact> => {
  const read: Record<string, string> = { ...own }
  const imported = (name: string) => {
    const contents = readFileSync(require.resolve(name), "utf8")
    read[name] = contents
    return { contents }
  }
  const input = {
    language: "Solidity",
    sources: Object.fromEntries(Object.entries(own).map(([name, content]) => [name, { content }])),
    settings
  }
  const output: Output = JSON.parse(solc.compile(JSON.stringify(input), { import: imported }))
  const problems = (output.errors ?? []).filter(
    ({ formattedMessage, severity }) =>
      severity === "error" || (strict && !formattedMessage.includes("--> @openzeppelin/"))
  )
  if (problems.length > 0) throw new Error(problems.map(({ formattedMessage }) => formattedMessage).join("\n"))

  const common = {
    solc: solc.version(),
    settingsHash: sha256(JSON.stringify(settings)),
    sourcesHash: sha256(JSON.stringify(Object.entries(read).toSorted(([a], [b]) => (a < b ? -1 : 1))))
  }
  return deployable.map((name) => {
    const contract = output.contracts[`${name}.sol`]?.[name]
    if (contract === undefined) throw new Error(`${name}.sol has no contract ${name}`)
    return {
      name,
      ...common,
      abi: contract.abi,
      bytecode: `0x${contract.evm.bytecode.object}`,
      deployedSize: contract.evm.deployedBytecode.object.length / 2
    }
  })
}

const promise: Record<Deployable, string> = {
  CprEscrow: "The escrow that pays out receipts, compiled. UNAUDITED: see docs/security/contract.md.",
  TestUSD: "A test dollar for local chains, compiled. Worth nothing."
}

/** The artifact as a module: a constant, so that viem knows every function's types. */
export const moduleOf = ({ abi, bytecode, name, settingsHash, solc, sourcesHash }: Artifact): string =>
  `/**
 * ${promise[name]}
 *
 * Made by \`bun run contracts\`; not to be edited.
 */
export const ${name} = ${JSON.stringify({ solc, settingsHash, sourcesHash, abi, bytecode }, null, 2)} as const
`

/** Where an artifact's module is. */
export const pathOf = (name: Deployable): string => join(import.meta.dir, "..", "src", "contracts", `${name}.ts`)
