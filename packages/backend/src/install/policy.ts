/** What a node lets be installed from afar: decided by its operator, on this machine. */
import { Config, Effect } from "effect"
import { matcher } from "../pattern.ts"
import { bytesOf } from "./bytes.ts"
import { InstallError, type ModelSource } from "./Install.ts"

export interface Policy {
  /** Whether anything may be installed or removed from afar. */
  readonly remote: boolean
  readonly maxBytes: number
  /** Names or repositories, with `*`. */
  readonly allow: ReadonlyArray<string>
}

/** Enough for a 70B model of four bits, not for whatever a stranger to this disk thinks of. */
const usualMaxBytes = 100 * 2 ** 30

/** From `INFERNET_REMOTE_INSTALL` (`on`, `off`), `INFERNET_INSTALL_MAX_BYTES` and `INFERNET_INSTALL_ALLOW`. */
export const policy = Config.all({
  remote: Config.Boolean("INFERNET_REMOTE_INSTALL").pipe(Config.withDefault(true)),
  maxBytes: Config.Int("INFERNET_INSTALL_MAX_BYTES").pipe(Config.withDefault(usualMaxBytes)),
  allow: Config.String("INFERNET_INSTALL_ALLOW").pipe(
    Config.withDefault("*"),
    Config.map((text) => text.split(",").flatMap((pattern) => pattern.trim() || []))
  )
})

const off = "this node takes no models from afar: its operator has set INFERNET_REMOTE_INSTALL to off"

const objection = (policy: Policy, source: ModelSource): string | undefined => {
  if (!policy.remote) return off
  if (source._tag === "Url" || source._tag === "Path") {
    return "a node fetches no address that somebody else chose: name a library model or a Hugging Face file"
  }
  if (source._tag === "HuggingFace" && source.sha256 === undefined) {
    return "a file from afar needs its SHA-256: give the one that Hugging Face shows for it"
  }
  const name = source._tag === "Library" ? source.name : source.repository
  if (!matcher(policy.allow)(name)) {
    return `"${name}" is not among what this node's operator allows (INFERNET_INSTALL_ALLOW)`
  }
  return undefined
}

const refused = (message: string) => Effect.fail(new InstallError({ reason: "not_allowed", message }))

/** Fails with `not_allowed` for what the operator of this machine would not have; its size is judged once it is known. */
export const allowed = (policy: Policy, source: ModelSource): Effect.Effect<void, InstallError> => {
  const why = objection(policy, source)
  return why === undefined ? Effect.void : refused(why)
}

/** As `allowed`, for taking a model away. */
export const removalAllowed = (policy: Policy): Effect.Effect<void, InstallError> =>
  policy.remote ? Effect.void : refused(off)

/** Why a model of this size may not come, where a limit is set. */
export const sizeObjection = (bytes: number, maxBytes: number | undefined): InstallError | undefined =>
  maxBytes === undefined || bytes <= maxBytes
    ? undefined
    : new InstallError({
        reason: "not_allowed",
        message: `it has ${bytesOf(bytes)}; this node takes ${bytesOf(maxBytes)} at most (INFERNET_INSTALL_MAX_BYTES)`
      })

export const sizeAllowed = (bytes: number, maxBytes: number | undefined): Effect.Effect<void, InstallError> => {
  const error = sizeObjection(bytes, maxBytes)
  return error === undefined ? Effect.void : Effect.fail(error)
}
