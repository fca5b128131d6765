/** Numbers and times in the reader's own way of writing them. */

const relative = new Intl.RelativeTimeFormat(undefined, { numeric: "auto", style: "short" })
const exact = new Intl.DateTimeFormat(undefined, { dateStyle: "medium", timeStyle: "medium" })
const plain = new Intl.NumberFormat()
const compact = new Intl.NumberFormat(undefined, { notation: "compact", maximumFractionDigits: 1 })
const one = new Intl.NumberFormat(undefined, { maximumFractionDigits: 1 })

const units: ReadonlyArray<readonly [Intl.RelativeTimeFormatUnit, number]> = [
  ["year", 31_557_600],
  ["month", 2_629_800],
  ["day", 86_400],
  ["hour", 3_600],
  ["minute", 60],
  ["second", 1]
]

/** `3 min. ago`; what lies less than two seconds away is `now`. */
export const ago = (time: number, now: number): string => {
  const seconds = Math.round((time - now) / 1_000)
  if (Math.abs(seconds) < 2) return relative.format(0, "second")
  const [unit, size] = units.find(([, size]) => Math.abs(seconds) >= size) ?? ["second", 1]
  return relative.format(Math.trunc(seconds / size), unit)
}

export const exactly = (time: number): string => exact.format(time)

export const count = (value: number): string => plain.format(value)

/** `12.4K`: for where there is little room; the whole number goes beside it, to be hovered. */
export const briefly = (value: number): string => compact.format(value)

/** `840 ms`, `3.2 s`. */
export const duration = (millis: number): string =>
  millis < 1_000 ? `${plain.format(Math.round(millis))} ms` : `${one.format(millis / 1_000)} s`

/** A speed: whole from ten on. */
export const perSecond = (value: number): string =>
  (value < 10 ? one : plain).format(value < 10 ? value : Math.round(value))

const sizes = ["B", "KiB", "MiB", "GiB", "TiB"]

export const bytes = (value: number): string => {
  const power = value < 1 ? 0 : Math.min(Math.floor(Math.log2(value) / 10), sizes.length - 1)
  return `${one.format(value / 2 ** (10 * power))} ${sizes[power] ?? "B"}`
}

/** Micro-USDC as dollars: to the cent from a dollar on, below it as fine as it takes to see it. */
export const dollars = (micros: number): string => {
  const digits = Math.abs(micros) >= 1_000_000 || micros === 0 ? 2 : 6
  return new Intl.NumberFormat(undefined, {
    style: "currency",
    currency: "USD",
    minimumFractionDigits: 2,
    maximumFractionDigits: digits
  }).format(micros / 1_000_000)
}
