/** The backends of this machine as a table: in a wide terminal the reasons beside them, in a narrow one below. */
import type { BackendView } from "../client/MachineApi.ts"
import { columnsAfter, dim, fit, green, plain, wrap, yellow } from "./style.ts"
import { kindNames } from "./tell.ts"

const gap = "  "
/** Less room than this is none for a sentence. */
const leastForReason = 40
const widest = { version: 16, models: 32 }

const nameOf = ({ kind }: BackendView): string =>
  kind === "embedded" ? `${kindNames.embedded}, embedded` : kindNames[kind]

const modelsOf = ({ models }: BackendView): string => {
  const [first, ...others] = models
  if (first === undefined) return "–"
  const rest = others.length === 0 ? "" : ` +${others.length}`
  return `${fit(plain(first.id), widest.models - rest.length)}${rest}`
}

const cellsOf = (backend: BackendView): ReadonlyArray<string> => [
  nameOf(backend),
  plain(backend.address),
  fit(plain(backend.version ?? "–"), widest.version),
  modelsOf(backend)
]

const heading = ["BACKEND", "ADDRESS", "VERSION", "MODELS"]

/** Something answers there, but is not used: worth a look. */
const isOdd = ({ models, used, version }: BackendView): boolean => !used && (version !== undefined || models.length > 0)

export const backendTable = (backends: ReadonlyArray<BackendView>, columns = columnsAfter(0)): string => {
  const rows = [heading, ...backends.map(cellsOf)]
  const widths = heading.map((_, column) => Math.max(...rows.map((cells) => cells[column]?.length ?? 0)))
  const left = widths.reduce((sum, width) => sum + width + gap.length, 0)
  const beside = columns - left >= leastForReason
  const padded = (cells: ReadonlyArray<string>) =>
    cells.map((cell, column) => cell.padEnd(widths[column] ?? 0)).join(gap) + gap

  const lines = backends.flatMap((backend) => {
    const head = padded(cellsOf(backend))
    if (backend.used) return [head + green("used")]
    const color = isOdd(backend) ? yellow : dim
    const indent = beside ? left : gap.length
    const [first = "", ...rest] = wrap(plain(backend.reason), columns - indent)
    const more = rest.map((line) => " ".repeat(indent) + color(line))
    return beside
      ? [head + color(first), ...more]
      : [head + color("not used"), " ".repeat(indent) + color(first), ...more]
  })
  return [dim((padded(heading) + (beside ? "VERDICT, AND WHY NOT" : "VERDICT")).trimEnd()), ...lines].join("\n")
}
