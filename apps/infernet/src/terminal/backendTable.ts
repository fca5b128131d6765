/** The backends of this machine as a table: in a wide terminal the reasons beside them, in a narrow one below. */
import type { BackendView } from "../client/MachineApi.ts"
import { columnsAfter, dim, fit, green, plain, wrap, yellow } from "./style.ts"
import { labelOf } from "@infernet/backend/kinds"

const gap = "  "
/** Less room than this is none for a sentence. */
const leastForReason = 40
const widest = { version: 16, models: 32 }
const narrowVersion = 10
const narrowTerminal = 100
const narrowest = 12
const notUsed = "not used"

const nameOf = ({ kind }: BackendView): string => (kind === "embedded" ? "embedded" : labelOf(kind))

const modelsOf = ({ models }: BackendView, width: number): string => {
  const [first, ...others] = models
  if (first === undefined) return "–"
  const rest = others.length === 0 ? "" : ` +${others.length}`
  return `${fit(plain(first.id), width - rest.length)}${rest}`
}

const cellsOf = (backend: BackendView, version: number): ReadonlyArray<string> => [
  nameOf(backend),
  plain(backend.address),
  fit(plain(backend.version ?? "–"), version)
]

const widthsOf = (rows: ReadonlyArray<ReadonlyArray<string>>): ReadonlyArray<number> =>
  (rows[0] ?? []).map((_, column) => Math.max(...rows.map((cells) => cells[column]?.length ?? 0)))

const heading = ["BACKEND", "ADDRESS", "VERSION"]

const total = (widths: ReadonlyArray<number>): number => widths.reduce((sum, width) => sum + width + gap.length, 0)

/** Something answers there, but is not used: worth a look. */
const isOdd = ({ models, used, version }: BackendView): boolean => !used && (version !== undefined || models.length > 0)

export const backendTable = (backends: ReadonlyArray<BackendView>, columns = columnsAfter(0)): string => {
  const version = columns < narrowTerminal ? narrowVersion : widest.version
  const facts = backends.map((backend) => cellsOf(backend, version))
  const taken = total(widthsOf([heading, ...facts])) + gap.length + notUsed.length
  const room = Math.max(narrowest, Math.min(widest.models, columns - taken))
  const rows = facts.map((cells, index) => {
    const backend = backends[index]
    return backend === undefined ? cells : [...cells, modelsOf(backend, room)]
  })
  const widths = widthsOf([[...heading, "MODELS"], ...rows])
  const left = total(widths)
  const beside = columns - left >= leastForReason
  const padded = (cells: ReadonlyArray<string>) =>
    cells.map((cell, column) => cell.padEnd(widths[column] ?? 0)).join(gap) + gap

  const lines = backends.flatMap((backend, index) => {
    const head = padded(rows[index] ?? [])
    if (backend.used) return [head + green("used")]
    const color = isOdd(backend) ? yellow : dim
    const indent = beside ? left : gap.length
    const [first = "", ...rest] = wrap(plain(backend.reason), columns - indent)
    const more = rest.map((line) => " ".repeat(indent) + color(line))
    return beside ? [head + color(first), ...more] : [head + color(notUsed), " ".repeat(indent) + color(first), ...more]
  })
  return [
    dim((padded([...heading, "MODELS"]) + (beside ? "VERDICT, AND WHY NOT" : "VERDICT")).trimEnd()),
    ...lines
  ].join("\n")
}
