/**
 * Kills things and shows that nothing is lost: `bun run faults [--only name] [--json] [--seed n]`.
 *
 * Each scenario has a network of real processes to itself. Ends with a table of what was done and what clients saw;
 * exits 1 when a promise was broken. Stops everything it started, also on Ctrl-C.
 */
import { parseArgs } from "node:util"
import { endRun, stopAll } from "./faults/Children.ts"
import { removeHomes } from "./faults/machine.ts"
import { type Finding, type Row, type Scenario, seeded, table } from "./faults/report.ts"
import { scenarios } from "./faults/scenarios.ts"

/** A scenario that takes longer has hung; and the whole run is over in less than four minutes. */
const limits = { scenario: 60_000, run: 225_000 }

const { values } = parseArgs({
  options: {
    only: { type: "string", multiple: true },
    json: { type: "boolean", default: false },
    seed: { type: "string", default: "1" }
  }
})
const chosen = scenarios.filter(({ name }) => values.only?.includes(name) ?? true)
const say = (line: string) => void process.stderr.write(`${line}\n`)

if (chosen.length === 0) {
  say(`no such scenario; there are ${scenarios.map(({ name }) => name).join(", ")}`)
  process.exit(1)
}

const cleanUp = async () => {
  await stopAll()
  await removeHomes()
}
let stopping = false
for (const signal of ["SIGINT", "SIGTERM"] as const) {
  process.on(signal, () => {
    if (stopping) return
    stopping = true
    say("stopping everything")
    void endRun()
      .then(removeHomes)
      .finally(() => process.exit(130))
  })
}

const inTime = async (run: Promise<Finding>): Promise<Finding> => {
  let timer: ReturnType<typeof setTimeout> | undefined
  const limit = Math.max(0, Math.min(limits.scenario, limits.run - performance.now()))
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Error(`still running after ${Math.round(limit / 1000)} s`)), limit)
  })
  try {
    return await Promise.race([run, late])
  } finally {
    clearTimeout(timer)
  }
}

const rowOf = async ({ fault, injected, missing, name, run }: Scenario): Promise<Row> => {
  const skipped = missing?.()
  if (skipped !== undefined) return { name, fault, injected, times: 0, seen: "", broken: [], seconds: 0, skipped }
  const began = performance.now()
  const finding = await inTime(run(seeded(Number(values.seed)))).catch((error: unknown): Finding => ({
    times: 0,
    seen: "the scenario did not come to its end",
    broken: [error instanceof Error ? error.message : String(error)]
  }))
  await cleanUp()
  return { name, fault, injected, ...finding, seconds: (performance.now() - began) / 1000 }
}

const rows: Array<Row> = []
for (const scenario of chosen) {
  if (stopping) break
  say(`${scenario.name}: ${scenario.fault} …`)
  const row = await rowOf(scenario)
  // What a signal tore down was not broken by a fault.
  if (stopping) break
  rows.push(row)
  say(`  ${row.skipped ?? (row.broken.length === 0 ? "held" : "BROKEN")} (${row.seconds.toFixed(1)} s): ${row.seen}`)
  for (const broken of row.broken) say(`  - ${broken}`)
}
if (!stopping) {
  process.stdout.write(values.json ? `${JSON.stringify(rows, null, 2)}\n` : `\n${table(rows)}\n`)
  process.exit(rows.some(({ broken }) => broken.length > 0) ? 1 : 0)
}
