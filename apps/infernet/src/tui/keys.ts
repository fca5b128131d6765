/** What each key does. */
import type { Terminal } from "effect"
import type { News } from "./reduce.ts"
import type { View } from "./State.ts"

export type Action = News | { readonly _tag: "Quit" } | { readonly _tag: "Drain" }

const show = (view: View): Action => ({ _tag: "Show", view })
const scroll = (by: number): Action => ({ _tag: "Scroll", by })

/** More than any view has lines. */
const allTheWay = 1_000_000

/** Up is towards older lines in a log, and towards the first in a list. */
export const actionOf = (
  { ctrl, meta, name }: Terminal.Key,
  typed: string | undefined,
  view: View,
  page: number
): Action | undefined => {
  if (ctrl) return name === "c" || name === "d" ? { _tag: "Quit" } : undefined
  // Escape alone is told as a meta key.
  if (name === "escape") return view === "overview" ? undefined : show("overview")
  if (meta) return undefined
  if (typed === "?") return show("help")
  const up = view === "models" ? -1 : 1
  switch (name) {
    case "q":
      return { _tag: "Quit" }
    case "d":
      return { _tag: "Drain" }
    case "l":
      return show("logs")
    case "m":
      return show("models")
    case "h":
      return show("help")
    case "up":
    case "k":
      return scroll(up)
    case "down":
    case "j":
      return scroll(-up)
    case "pageup":
      return scroll(up * page)
    case "pagedown":
    case "space":
      return scroll(-up * page)
    case "home":
      return scroll(up * allTheWay)
    case "end":
      return scroll(-up * allTheWay)
    default:
      return undefined
  }
}
