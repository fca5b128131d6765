/** Models that come or go now, with how far they are. */
import { labelOf, progressText } from "../../terminal/bar.ts"
import type { State } from "../State.ts"
import { clean, cutMiddle, pad } from "../text.ts"
import { first, type Look, type Panel } from "./look.ts"

/** None when nothing is being installed. */
export const installs = (look: Look, { installsSince, now, parts: { Installs } }: State): ReadonlyArray<Panel> => {
  const all = Installs?.installs ?? []
  if (all.length === 0) return []
  return [
    {
      title: "Installs",
      note: all.length === 1 ? "" : `${all.length}, one at a time`,
      least: 1,
      wants: all.length,
      draw: (width, height) => {
        const nameWidth = Math.min(40, Math.max(12, Math.floor(width * 0.28)))
        return first(look, all, height, ({ id, model, progress }) => {
          const seconds = (now - (installsSince.get(id) ?? now)) / 1000
          const head = `${pad(cutMiddle(clean(model), nameWidth), nameWidth)} ${pad(labelOf(progress), 9)} `
          return `${head}${progressText(progress, seconds, width - nameWidth - 11)}`
        })
      }
    }
  ]
}
