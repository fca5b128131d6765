/** The backends: what was found at each address, and why the rest is not used. */
import type { BackendReadings } from "@infernet/contract/Node"
import type { BackendView } from "../../client/MachineApi.ts"
import { labelOf } from "@infernet/backend/kinds"
import type { State } from "../State.ts"
import { clean, cut, cutMiddle, pad } from "../text.ts"
import { first, type Look, type Panel } from "./look.ts"
import { counted } from "./units.ts"

/** Something answers there, but is not used: worth a look. */
const isOdd = ({ models, used, version }: BackendView): boolean => !used && (version !== undefined || models.length > 0)

const rank = (backend: BackendView): number => (backend.used ? 0 : isOdd(backend) ? 1 : 2)

const busy = ({ kv_usage, running, waiting }: BackendReadings): ReadonlyArray<string> => [
  ...(running === undefined ? [] : [`${running} running`]),
  ...(waiting === undefined || waiting === 0 ? [] : [`${waiting} waiting`]),
  ...(kv_usage === undefined ? [] : [`cache ${Math.round(kv_usage * 100)} %`])
]

/** Statuses name a kind and no address: of two of a kind nobody knows which is meant. */
const readingsOf = ({ parts: { Offer, Verdicts } }: State, { kind, used }: BackendView): BackendReadings => {
  const all = Offer?.backends.filter((status) => status.kind === kind) ?? []
  const those = Verdicts?.backends.filter((other) => other.used && other.kind === kind) ?? []
  return (used && all.length === 1 && those.length === 1 ? all[0]?.readings : undefined) ?? {}
}

export const backends = (look: Look, state: State): Panel => {
  const { theme } = look
  const found = state.parts.Verdicts?.backends
  const sorted = (found ?? []).toSorted((one, other) => rank(one) - rank(other))
  const usedCount = sorted.filter(({ used }) => used).length

  const line = (backend: BackendView, width: number): string => {
    const { address, kind, models, reason, used, version } = backend
    const name = pad(cut(`${labelOf(kind)} ${clean(version ?? "")}`.trim(), 17), 17)
    const where = pad(cutMiddle(clean(address).replace(/^http:\/\//, ""), 21), 21)
    const facts = used
      ? [counted(models.length, "model"), ...busy(readingsOf(state, backend))].join(", ")
      : clean(reason)
    const mark = used ? theme.good("● used") : isOdd(backend) ? theme.warn("○ not ") : theme.faint("○ not ")
    const text = cut(facts, Math.max(0, width - 17 - 21 - 10))
    return `${mark} ${name} ${where} ${used ? text : theme.faint(text)}`
  }
  return {
    title: "Backends",
    note: found === undefined ? "looking…" : usedCount === 0 ? "none is used" : `${usedCount} used`,
    least: Math.min(1, sorted.length),
    wants: sorted.length,
    draw: (width, height) => first(look, sorted, height, (backend) => line(backend, width))
  }
}
