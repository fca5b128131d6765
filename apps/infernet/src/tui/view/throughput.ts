/** Tokens a second over the last minutes, as a graph that is as wide as there is room. */
import type { State } from "../State.ts"
import { graph } from "./bars.ts"
import type { Look, Panel } from "./look.ts"
import { grouped } from "./units.ts"

/** At most `tallest` lines high. */
export const throughput = ({ theme }: Look, { throughput: rates }: State, tallest: number): Panel => {
  const now = rates.at(-1)
  const peak = Math.max(0, ...rates)
  return {
    title: "Throughput",
    note: now === undefined ? "" : `${grouped(now)} tokens/s now, ${grouped(peak)} at most`,
    least: 1,
    wants: tallest,
    draw: (width, height) => graph(rates, width, height).map(theme.bar)
  }
}
