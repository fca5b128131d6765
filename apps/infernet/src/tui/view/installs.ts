/** Models that come or go now, with how far they are. */
import type { CommandProgress } from "@infernet/contract/Command"
import { bytesOf } from "@infernet/backend/install/bytes"
import { labelOf, span } from "../../terminal/bar.ts"
import type { State } from "../State.ts"
import { clean, cutMiddle, joinFitting, pad } from "../text.ts"
import type { Theme } from "../theme.ts"
import { bar, ofTotal, percent } from "./bars.ts"
import { first, type Look, type Panel } from "./look.ts"

const barWidth = { least: 8, most: 24 }
const labelWidth = 9

/** What there is room for: a bar first, then how much longer, how much, how fast. */
const progressLine = (theme: Theme, progress: CommandProgress | undefined, seconds: number, width: number): string => {
  if (progress === undefined) return `after those before it (${span(seconds)})`
  const { bytes_per_second: rate, completed_bytes: done, phase, total_bytes: total } = progress
  if (done === undefined || total === undefined || total === 0) {
    return done === undefined ? `… (${span(seconds)})` : bytesOf(done)
  }
  // A total may be found out to be more while parts of it are done.
  const share = Math.min(1, done / total)
  const moving = phase === "downloading" && rate !== undefined && rate > 0
  const wide = Math.min(barWidth.most, Math.max(barWidth.least, Math.floor(width / 4)))
  return joinFitting(
    [
      `${bar(theme, share, wide)}${percent(Math.floor(share * 100) / 100)}`,
      moving ? `${span((total - done) / rate)} left` : "",
      ofTotal(done, total),
      moving ? `${bytesOf(rate)}/s` : ""
    ],
    "  ",
    width
  )
}

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
        const room = width - nameWidth - labelWidth - 2
        return first(look, all, height, ({ id, model, progress }) => {
          const seconds = (now - (installsSince.get(id) ?? now)) / 1000
          const head = `${pad(cutMiddle(clean(model), nameWidth), nameWidth)} ${pad(labelOf(progress), labelWidth)}`
          return `${head} ${progressLine(look.theme, progress, seconds, room)}`
        })
      }
    }
  ]
}
