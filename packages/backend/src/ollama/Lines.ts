/** Newline-delimited JSON: one object a line, the same wherever the network cuts it. Plain code: runs once a token. */
import { BackendError } from "../Backend.ts"
import { lineLimit } from "../http/body.ts"
import { isRecord, type JsonRecord, parse } from "../http/json.ts"
import type { Site } from "../http/Site.ts"

export interface Lines {
  readonly feed: (text: string) => void
  /** The last line may lack its newline. */
  readonly end: () => void
}

/** Gives each object to `take`, until `enough`; throws `BackendError` for a line that is none or is too long. */
export const make = (site: Site, take: (object: JsonRecord) => void, enough: () => boolean): Lines => {
  let pending = ""
  const fail = (message: string) => new BackendError({ fault: "backend_error", message: `${site.name} ${message}` })

  const limited = (line: string): string => {
    if (line.length > lineLimit) throw fail(`sent a line of more than ${lineLimit} characters`)
    return line
  }

  const line = (text: string) => {
    const trimmed = limited(text).trim()
    if (trimmed === "" || enough()) return
    const object = parse(trimmed)
    if (!isRecord(object)) throw fail("sent a line that is not a JSON object")
    take(object)
  }

  const feed = (text: string) => {
    let start = 0
    for (let end = text.indexOf("\n"); end !== -1; end = text.indexOf("\n", start)) {
      line(pending + text.slice(start, end))
      pending = ""
      start = end + 1
    }
    pending = limited(pending + text.slice(start))
  }

  return { feed, end: () => feed("\n") }
}
