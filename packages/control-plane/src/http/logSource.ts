/** The frames of one log, in a dialect, from an entry on. */
import type { JobLog } from "../job/JobLog.ts"
import type { Dialect, Source } from "./eventStream.ts"

/** What a reader is told who has read a part of an answer that is lost. */
const begunAnew = {
  _tag: "Failed",
  error: "node_disconnected",
  message: "the node was lost while the control plane restarted, and the answer begins anew: read it from its start"
} as const

/** `after`: the last entry that the reader has. */
export const logSource = (
  log: JobLog,
  { after, dialect }: { readonly after: number; readonly dialect: Dialect }
): Source => {
  let last = after
  const isLost = () => log.isAnew && after > 0
  return {
    contentType: dialect.contentType,
    keepAlive: dialect.keepAlive,
    start: dialect.start,
    take: (characters) => {
      let text = ""
      while (last < log.readable && text.length < characters && !isLost()) {
        last += 1
        const entry = log.at(last)
        if (entry !== undefined) text += dialect.entry(entry, last)
      }
      return text
    },
    end: () => {
      if (isLost()) return dialect.end(begunAnew)
      return log.end === undefined || last < log.readable ? undefined : dialect.end(log.end)
    },
    isOver: () => log.end !== undefined,
    changed: () => log.changed()
  }
}
