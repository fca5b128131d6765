/** Sizes as operators read them. */
const units = ["B", "KiB", "MiB", "GiB", "TiB"] as const

/** `1536` → "1.5 KiB". */
export const bytesOf = (bytes: number): string => {
  const power = bytes < 1024 ? 0 : Math.min(units.length - 1, Math.floor(Math.log2(bytes) / 10))
  const value = bytes / 1024 ** power
  return `${power === 0 || value >= 100 ? Math.round(value) : value.toFixed(1)} ${units[power]}`
}
