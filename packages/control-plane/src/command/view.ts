/** A command in its three forms: as its operator wishes it, as its node is told of it, as its operator sees it. */
import type { Command, CommandProgress, CommandView, IssueCommand } from "@infernet/contract/Command"
import { type Fault, remoteInstall, remoteRemoval } from "@infernet/contract/RemoteModel"
import { DateTime } from "effect"
import type { StoredCommand, Wish } from "./CommandStore.ts"

/** What is to be stored; or what is wrong with the wish. */
export const wishOf = (asked: IssueCommand): Wish | Fault => {
  const { file = null, kind, model = null, sha256 = null } = asked
  const wish = { kind, model, file, sha256 }
  switch (kind) {
    case "model_install": {
      const source = remoteInstall(asked)
      return source._tag === "Fault" ? source : wish
    }
    case "model_remove": {
      const name = remoteRemoval(asked)
      return typeof name === "string" ? wish : name
    }
    case "drain":
    case "resume": {
      const field = (["model", "file", "sha256"] as const).find((name) => asked[name] !== undefined)
      if (field === undefined) return wish
      return { _tag: "Fault", field, message: `${kind} is of the whole node and takes no ${field}` }
    }
  }
}

const given = <const Name extends string, A>(name: Name, value: A | null | undefined): Partial<Record<Name, A>> =>
  value === null || value === undefined ? {} : ({ [name]: value } as Partial<Record<Name, A>>)

const iso = (time: DateTime.Utc | null) => (time === null ? null : DateTime.formatIso(time))

const subject = ({ file, id, kind, model, sha256 }: StoredCommand) => ({
  id,
  kind,
  ...given("model", model),
  ...given("file", file),
  ...given("sha256", sha256)
})

/** `cancelled` says to stop it, whether it is to be stopped or has ended here already. */
export const commandOf = (stored: StoredCommand, cancelled = stored.cancelled): Command => ({
  ...subject(stored),
  ...(cancelled && { cancelled })
})

/** `live` is newer than what is stored, where there is any. */
export const commandView = (stored: StoredCommand, live?: CommandProgress): CommandView => ({
  ...subject(stored),
  node_id: stored.nodeId,
  state: stored.state,
  ...(stored.cancelled && { cancelled: true }),
  ...given("progress", stored.state === "running" ? (live ?? stored.progress) : null),
  ...given("error", stored.error),
  ...given("error_message", stored.errorMessage),
  created_at: DateTime.formatIso(stored.createdAt),
  ...given("started_at", iso(stored.startedAt)),
  ...given("finished_at", iso(stored.finishedAt))
})
