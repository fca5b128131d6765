/** How fast something grows, over the last seconds: a download that has slowed down shows it. Plain code. */
const windowMillis = 5_000
const sampleMillis = 250

export interface Speed {
  /** Takes what there is by now; bytes a second, or `undefined` until half a second has been seen. */
  readonly at: (now: number, bytes: number) => number | undefined
}

/** Keeps at most `windowMillis / sampleMillis` samples and one before them. */
export const make = (): Speed => {
  let samples: Array<{ readonly at: number; readonly bytes: number }> = []
  return {
    at: (now, bytes) => {
      const last = samples.at(-1)
      if (last === undefined || now - last.at >= sampleMillis) samples.push({ at: now, bytes })
      const first = samples.findLastIndex((sample) => now - sample.at >= windowMillis)
      if (first > 0) samples = samples.slice(first)
      const from = samples[0]
      if (from === undefined || now - from.at < 500) return undefined
      return Math.max(0, Math.round(((bytes - from.bytes) * 1000) / (now - from.at)))
    }
  }
}
