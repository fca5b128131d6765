/** What an operator is told of an installation's progress: each phase, and each quarter of a download. */
import type { CommandProgress } from "@infernet/contract/Command"

/** The share that has come, in whole percent; none where the size is not known. */
const percent = ({ completed_bytes, total_bytes }: CommandProgress): number | undefined =>
  completed_bytes === undefined || total_bytes === undefined || total_bytes === 0
    ? undefined
    : Math.floor((100 * completed_bytes) / total_bytes)

const size = (bytes: number): string =>
  bytes < 1e9 ? `${(bytes / 1e6).toFixed(0)} MB` : `${(bytes / 1e9).toFixed(1)} GB`

const words = (progress: CommandProgress): string => {
  const share = percent(progress)
  const rate = progress.bytes_per_second ? `, ${size(progress.bytes_per_second)}/s` : ""
  if (share === undefined || progress.total_bytes === undefined) return progress.phase
  return `${progress.phase} ${share} % of ${size(progress.total_bytes)}${rate}`
}

/** Gives the line for each progress that is worth one. */
export const make = () => {
  let said: string | undefined
  return (progress: CommandProgress): string | undefined => {
    const milestone = `${progress.phase} ${Math.floor((percent(progress) ?? 0) / 25)}`
    if (milestone === said) return undefined
    said = milestone
    return words(progress)
  }
}
