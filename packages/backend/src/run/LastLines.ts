/** The last lines that a server has printed, fit to be shown: what one looks at first when it does not start. */
import { sentence } from "@infernet/platform/sentence"

const kept = 12
/** A line without an end is cut, so that nothing grows without limit. */
const longest = 4_096

export interface LastLines {
  readonly add: (text: string) => void
  readonly all: () => ReadonlyArray<string>
  readonly last: () => string
}

export const make = (): LastLines => {
  const lines: Array<string> = []
  let open = ""
  const push = (line: string) => {
    const shown = sentence(line)
    if (shown === "") return
    lines.push(shown)
    if (lines.length > kept) lines.shift()
  }
  return {
    add: (text) => {
      // A progress bar draws its line again and again behind a carriage return.
      const parts = (open + text).split(/\r\n|\n|\r/)
      open = (parts.pop() ?? "").slice(-longest)
      for (const part of parts) push(part)
    },
    all: () => [...lines, ...(sentence(open) === "" ? [] : [sentence(open)])],
    last: () => sentence(open) || (lines.at(-1) ?? "")
  }
}
