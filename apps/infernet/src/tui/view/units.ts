/** Numbers as people read them at a glance. */
import { span } from "../../terminal/bar.ts"

/** `830 ms`, `8.3 s`, `2 min 10 s`. */
export const took = (millis: number): string => {
  if (millis < 1_000) return `${Math.round(millis)} ms`
  return millis < 60_000 ? `${(millis / 1000).toFixed(1)} s` : span(millis / 1000)
}

/** How long ago, in whole units. */
export const ago = (millis: number): string => span(Math.max(0, millis) / 1000)

/** `1 d 4 h`, else as `span`. */
export const upFor = (millis: number): string => {
  const hours = Math.floor(millis / 3_600_000)
  return hours < 24 ? ago(millis) : `${Math.floor(hours / 24)} d ${hours % 24} h`
}

/** `1,680`. */
export const grouped = (count: number): string =>
  Math.round(count)
    .toString()
    .replace(/\B(?=(\d{3})+$)/g, ",")

/** `1 job`, `2 jobs`. */
export const counted = (count: number, noun: string): string => `${grouped(count)} ${noun}${count === 1 ? "" : "s"}`

/** Of a context: `8k`, `128k`, `1M`; small ones as they are. */
export const contextOf = (tokens: number): string => {
  if (tokens < 1024) return String(tokens)
  const kilo = Math.round(tokens / 1024)
  return kilo < 1024 ? `${kilo}k` : `${(kilo / 1024).toFixed(kilo % 1024 === 0 ? 0 : 1)}M`
}
