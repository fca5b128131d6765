/** Which models a key is for. */
import type { CallerKey } from "@infernet/contract/api/Authorization"
import { Forbidden } from "@infernet/contract/ApiError"
import { askedOf } from "@infernet/routing/names/asked"
import type { Router } from "@infernet/routing/Router"

type Names = Pick<Router["Service"], "advertised">

/** Whether it may ask for a model, however either of them spells it. Undefined: nobody's key, for all. */
export const isFor = (key: CallerKey | undefined, model: string, { advertised }: Names): boolean => {
  if (key === undefined || key.models === null) return true
  const [asked, shown] = [askedOf(model).model, advertised(model)]
  return key.models.some((allowed) => allowed === asked || advertised(allowed) === shown)
}

export const notFor = ({ models }: CallerKey, model: string): Forbidden =>
  new Forbidden({ error_message: `this key is not for ${model}: it may ask for ${(models ?? []).join(", ")}` })

/** What the network offers, as far as a key may ask for it. */
export type Offered = Pick<Router["Service"], "advertised" | "matching" | "models">

export const shownTo = (key: CallerKey | undefined, { advertised, matching, models }: Offered): Offered =>
  key === undefined || key.models === null
    ? { advertised, matching, models }
    : {
        advertised,
        matching: (model) => (isFor(key, model, { advertised }) ? matching(model) : []),
        models: () => new Map([...models()].filter(([id]) => isFor(key, id, { advertised })))
      }
