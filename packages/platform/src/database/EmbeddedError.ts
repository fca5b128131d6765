/** The one way the embedded server fails: it cannot run here, and this is why. */
import { Schema } from "effect"

const causes = {
  platform: "there is no PostgreSQL for this system in the package",
  programs: "the programs in INFERNET_POSTGRES_BIN are not PostgreSQL's, or not of a version that will do",
  user: "PostgreSQL runs only as a named user other than root",
  directory: "its files cannot be put in place",
  held: "another process has it open",
  version: "the data directory belongs to another major version",
  start: "PostgreSQL did not start"
}

/** Nothing to retry: the message says what stands in the way and which way is always open. */
export class EmbeddedUnavailable extends Schema.TaggedError<EmbeddedUnavailable>()("EmbeddedUnavailable", {
  reason: Schema.Literals(["platform", "programs", "user", "directory", "held", "version", "start"]),
  detail: Schema.String
}) {
  override get message(): string {
    return (
      `The embedded database cannot be used: ${causes[this.reason]} (${this.detail}). ` +
      "Set DATABASE_URL to use a PostgreSQL server of your own, version 15 or later."
    )
  }
}
