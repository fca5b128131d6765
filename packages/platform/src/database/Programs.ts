/** Which programs the embedded server is run with: those in `INFERNET_POSTGRES_BIN`, else those of the npm package. */
import { isAbsolute, join } from "node:path"
import { Config, Effect, Option } from "effect"
import * as Binaries from "./Binaries.ts"
import { EmbeddedUnavailable } from "./EmbeddedError.ts"
import { run, type ServerUser } from "./ServerUser.ts"

export interface Programs {
  /** Holds `postgres` and `initdb`. */
  readonly bin: string
  /** `18.4`; the number before the first dot says which data directories they read. */
  readonly version: string
}

const variable = "INFERNET_POSTGRES_BIN"

/** The first that has a locale of its own, which data directories are made with. */
const oldest = 17

/** What a shell does not leave as it is between double quotes. */
const expanded = /["$`\\]/

/**
 * Whether `initdb` may run from a directory: it starts the server's program through a shell, at the real path of its
 * own, which that shell must not read anything into.
 */
export const standsInShell = (bin: string): boolean => !expanded.test(bin)

const refuse = (detail: string) => Effect.fail(new EmbeddedUnavailable({ reason: "programs", detail }))

/** The system's own, run where they lie and as the server's user: what that user cannot start is of no use. */
const ours = Effect.fnUntraced(function* (bin: string, user: ServerUser) {
  if (!isAbsolute(bin)) return yield* refuse(`"${bin}" is not an absolute path`)
  if (!standsInShell(bin)) return yield* refuse(`initdb cannot run from ${bin}: a quote, $ or \\ is in its path`)
  const program = join(bin, "postgres")
  const { code, output } = yield* run(user, [program, "--version"]).pipe(
    Effect.catch(() => refuse(`the user ${user.name} cannot start ${program}`))
  )
  const [, version, major] = /\(PostgreSQL\) ((\d+)[\d.]*)/.exec(output) ?? []
  if (code !== 0 || version === undefined) return yield* refuse(`${program} --version says "${output.slice(0, 200)}"`)
  if (Number(major) < oldest) return yield* refuse(`${program} is version ${version}, ${oldest} is the oldest`)
  return { bin, version } satisfies Programs
})

/** Finds the programs, and puts the package's own in `place`, which the caller has to itself. */
export const find = Effect.fnUntraced(function* (place: string, user: ServerUser) {
  const named = yield* Config.option(Config.String(variable)).pipe(Effect.orDie)
  const bin = Option.filter(named, (text) => text !== "")
  if (Option.isSome(bin)) return yield* ours(bin.value, user)
  return yield* Binaries.install(yield* Binaries.packaged, place)
})
