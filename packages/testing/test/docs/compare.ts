/** Whether a snippet printed what its page says, but for what is new each time: ids, times, secrets. */

/** What is written `…` on the page. */
const fresh: ReadonlyArray<readonly [RegExp, string]> = [
  [/\b(job|att|key|acc|ses|req|rs|msg|cpr)_[0-9a-z]{16,}\b/g, "$1_…"],
  [/\binft_[0-9a-z]{40}\b/g, "inft_…"],
  [/\binfs_[0-9a-z_]{20,}\b/g, "infs_…"],
  [/\b0x[0-9a-f]{40}\b/g, "0x…"],
  [/\b20\d\d-\d\d-\d\dT[\d:.]+Z/g, "20…Z"],
  [/\b1[789]\d{8}\b/g, "1763840000"],
  [/("\w+_ms": ?)\d+/g, "$10"],
  [/\binft_[0-9a-z]{4}…[0-9a-z]{4}\b/g, "inft_…"],
  // A node signs within a moment, before or after one looks.
  [/("status": ?)"(?:offered|signed)"/g, '$1"signed"'],
  // Seconds that go by while the page is read.
  [/(retry-after: |try again in |reset-requests: )\d+/g, "$10"]
]

const written = (text: string): string =>
  fresh.reduce((so, [pattern, instead]) => so.replace(pattern, instead), text.trim().replaceAll(/[ \t\r]+$/gm, ""))

/** JSON however it is laid out; other text as it is. */
const laidOut = (text: string): string => {
  try {
    return JSON.stringify(JSON.parse(text), null, 2)
  } catch {
    return text
  }
}

/** A text that is the same for outputs that differ by chance only. */
export const normal = (text: string): string => written(laidOut(written(text)))
