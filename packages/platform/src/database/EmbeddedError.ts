/** The one way the embedded server fails: it cannot run here, and this is why. */
import { Schema } from "effect"
import * as refused from "../refused.ts"

const causes = {
  platform: "there is no PostgreSQL for this system in the package",
  programs: "the programs in INFERNET_POSTGRES_BIN are not PostgreSQL's, or not of a version that will do",
  user: "PostgreSQL runs only as a named user other than root",
  directory: "its files cannot be put in place",
  full: "its disk is full",
  held: "another process has it open",
  version: "the data directory belongs to another major version",
  start: "PostgreSQL did not start"
}

/** What else helps than a server of one's own. */
const remedies: Partial<Record<keyof typeof causes, string>> = {
  full: "Make room there, 200 MB for a new database, and start again. Or set",
  directory: "Mend that, or set",
  held: "End that process, or set"
}

/** Nothing to retry: the message says what stands in the way and which way is always open. */
export class EmbeddedUnavailable extends Schema.TaggedError<EmbeddedUnavailable>()("EmbeddedUnavailable", {
  reason: Schema.Literals(["platform", "programs", "user", "directory", "full", "held", "version", "start"]),
  detail: Schema.String
}) {
  override get message(): string {
    return (
      `The embedded database cannot be used: ${causes[this.reason]} (${this.detail}). ` +
      `${remedies[this.reason] ?? "Set"} DATABASE_URL to use a PostgreSQL server of your own, version 15 or later.`
    )
  }

  /** The operating system refused something about `path`. */
  static readonly refused = (path: string, cause: unknown): EmbeddedUnavailable =>
    refused.isFull(cause)
      ? new EmbeddedUnavailable({ reason: "full", detail: path })
      : new EmbeddedUnavailable({ reason: "directory", detail: `${path}: ${refused.why(cause)}` })

  /** A program of PostgreSQL ended with these words; `path` is where it writes. */
  static readonly said = (path: string, output: string, otherwise: string): EmbeddedUnavailable =>
    /No space left on device|Disk quota exceeded/.test(output)
      ? new EmbeddedUnavailable({ reason: "full", detail: path })
      : new EmbeddedUnavailable({ reason: "start", detail: why(output) || otherwise })
}

/** Of all that it says on its way only what went wrong; where it does not say so, its last words. */
const why = (output: string): string => {
  const lines = output
    .split("\n")
    .map((line) => line.trim())
    .filter((line) => line !== "")
  const wrong = lines.filter((line) => /\b(?:error|FATAL|PANIC|HINT|DETAIL):/.test(line))
  return (wrong.length > 0 ? wrong : lines.slice(-3)).join("; ").slice(0, 600)
}
