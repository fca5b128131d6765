/** Bytes a second over the last few seconds: what a person wants to know of a download. */
const windowMillis = 5_000

export interface Rate {
  /** Notes that `bytes` in all are there at this time; gives the rate, once there is enough to tell one by. */
  readonly at: (millis: number, bytes: number) => number | undefined
}

export const make = (): Rate => {
  // One sample a tenth of a second at most, so never more than fifty.
  const samples: Array<{ readonly millis: number; readonly bytes: number }> = []
  return {
    at: (millis, bytes) => {
      const last = samples.at(-1)
      if (last === undefined || millis - last.millis >= 100) samples.push({ millis, bytes })
      while (samples.length > 2 && millis - (samples[1]?.millis ?? millis) >= windowMillis) samples.shift()
      const first = samples[0]
      if (first === undefined || millis - first.millis < 500) return undefined
      return Math.max(0, Math.round(((bytes - first.bytes) * 1000) / (millis - first.millis)))
    }
  }
}
