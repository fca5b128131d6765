/** The models that this node offers: loaded ones first. */
import { bytesOf } from "@infernet/backend/install/bytes"
import type { ModelOffer } from "@infernet/contract/Node"
import { labelOf } from "@infernet/backend/kinds"
import type { State } from "../State.ts"
import { clean, cutMiddle, pad, padStart, widthOf } from "../text.ts"
import type { Theme } from "../theme.ts"
import { first, type Look, type Panel } from "./look.ts"
import { contextOf, counted } from "./units.ts"

const sorted = ({ parts: { Offer } }: State): ReadonlyArray<ModelOffer> =>
  (Offer?.models ?? []).toSorted((one, other) =>
    one.state === other.state ? one.id.localeCompare(other.id) : one.state === "loaded" ? -1 : 1
  )

const noteOf = ({ parts: { Offer } }: State): string => {
  if (Offer === undefined) return ""
  const loaded = Offer.models.filter(({ state }) => state === "loaded")
  const slots = loaded.reduce((sum, { slots }) => sum + slots, 0)
  const loadable = Offer.models.length - loaded.length
  const facts = [`${loaded.length} loaded`, ...(loadable > 0 ? [`${loadable} loadable`] : [])]
  return [...facts, ...(slots > 0 ? [counted(slots, "slot")] : [])].join(", ")
}

const factsWidth = 36
/** Names are seldom longer; what a wider line leaves is for what the model can do. */
const widestName = 48
/** Less room than this says nothing. */
const leastForAbilities = 16

const line = (theme: Theme, model: ModelOffer, width: number): string => {
  const mark = model.state === "loaded" ? theme.good("● loaded  ") : theme.faint("○ loadable")
  const nameWidth = Math.min(widestName, Math.max(12, width - 11 - factsWidth - 1))
  const facts = [
    pad(model.demo === true ? "demo" : labelOf(model.backend), 10),
    padStart(model.bytes === undefined ? "" : bytesOf(model.bytes), 9),
    padStart(model.context_length === undefined ? "" : contextOf(model.context_length), 5),
    padStart(counted(model.slots, "slot"), 9)
  ].join(" ")
  const abilities = clean([model.quantization ?? "", ...model.capabilities].join(" ").trim())
  const line = `${mark} ${pad(cutMiddle(clean(model.id), nameWidth), nameWidth)} ${facts}`
  return width - widthOf(line) < leastForAbilities ? line : `${line}  ${theme.faint(abilities)}`
}

/** All of them, from `skip` on. */
export const models = (look: Look, state: State, skip = 0): Panel => {
  const { theme } = look
  const all = sorted(state)
  const offer = state.parts.Offer
  return {
    title: "Models",
    note: noteOf(state),
    least: 1,
    wants: Math.max(1, all.length),
    draw: (width, height) => {
      if (all.length === 0) {
        const hint = "none: install one with `infernet model install`, or start a backend"
        return [theme.faint(offer === undefined ? "looking…" : hint)]
      }
      // The last page stays full.
      const from = Math.min(skip, Math.max(0, all.length - height))
      return first(look, all.slice(from), height, (model) => line(theme, model, width))
    }
  }
}
