/** Which models suit this machine, best first: those that its memory holds and its speed makes useful. */
import type { Tier } from "@infernet/contract/Node"
import { cachePerToken, contextHeld } from "./estimate.ts"
import { fit, type Room } from "./fit.ts"
import { library, type LibraryModel } from "./library.ts"

export interface Recommendation {
  readonly model: LibraryModel
  /** Of the weights, at about four and a half bits a parameter. */
  readonly bytes: number
  readonly on: "gpu" | "cpu"
  /** It also answers fast enough on such a machine; else it only fits. */
  readonly suits: boolean
}

const gib = 2 ** 30

/** The class that total GPU memory falls into; drivers keep a little of what is on the box for themselves. */
export const tierOf = (gpuBytes: number): Tier => {
  const reaches = (size: number) => gpuBytes >= size * gib * 0.92
  if (reaches(48)) return ">=48gb"
  if (reaches(24)) return ">=24gb"
  if (reaches(12)) return ">=12gb"
  return reaches(8) ? ">=8gb" : "cpu"
}

/** Up to which size, in parameters, a model answers fast enough on such a machine to be worth offering. */
const sizeOf: Readonly<Record<Tier, number>> = {
  cpu: 1.6e9,
  ">=8gb": 8.5e9,
  ">=12gb": 8.5e9,
  ">=24gb": 15e9,
  ">=48gb": 73e9
}

const q4 = 0.6

/** Those of the size for this machine first, largest on top; then larger ones that fit all the same, smallest on top. */
export const recommend = (room: Room): ReadonlyArray<Recommendation> => {
  const usual = sizeOf[tierOf(room.gpuBytes)]
  const fitting = library.flatMap((model): ReadonlyArray<Recommendation> => {
    const bytes = Math.round(model.parameters * q4)
    const cacheBytes = cachePerToken(model.parameters) * contextHeld
    const result = fit({ modelBytes: bytes, cacheBytes, diskBytes: bytes }, room)
    return result.fits ? [{ model, bytes, on: result.on, suits: model.parameters <= usual }] : []
  })
  return [...fitting.filter(({ suits }) => suits), ...fitting.filter(({ suits }) => !suits).toReversed()]
}
