/** What is known of this home without asking anybody: its settings, its key, whether it can be written. */
import { Identity } from "@infernet/auth/Identity"
import * as KeyFile from "@infernet/auth/KeyFile"
import { Home } from "@infernet/platform/Home"
import { Effect, FileSystem } from "effect"
import { join } from "node:path"
import * as ConfigFile from "../settings/ConfigFile.ts"
import type { KeyFacts, Situation } from "./Situation.ts"

export const config = Effect.gen(function* () {
  const { config: path } = yield* Home
  const read = ConfigFile.read(path)
  return yield* Effect.match(read, {
    onSuccess: ({ exists, isPrivate }): Situation["config"] => ({ path, exists, isPrivate, problem: undefined }),
    onFailure: ({ reason }): Situation["config"] => ({ path, exists: true, isPrivate: true, problem: reason })
  })
})

/** By writing to it, as modes do not tell of full disks and of file systems that are read-only. */
export const home = Effect.gen(function* () {
  const { root } = yield* Home
  const fs = yield* FileSystem.FileSystem
  const probe = join(root, "run", `doctor.${process.pid}`)
  const isWritable = yield* fs
    .writeFileString(probe, "written by infernet doctor\n", { mode: 0o600 })
    .pipe(Effect.andThen(fs.remove(probe)), Effect.isSuccess)
  return { root, isWritable }
})

/** The key is read and not made: looking changes nothing. */
export const key = (name: string) =>
  Effect.gen(function* () {
    const path = join((yield* Home).keys, name)
    const found: Effect.Effect<KeyFacts, never, FileSystem.FileSystem> = KeyFile.read(path).pipe(
      Effect.map((key) => ({ path, id: Identity.fromStoredKey(key).id, problem: undefined })),
      Effect.catchReason("PlatformError", "NotFound", () =>
        Effect.succeed({ path, id: undefined, problem: undefined })
      ),
      Effect.catch(({ message }) => Effect.succeed({ path, id: undefined, problem: message }))
    )
    return yield* found
  })
