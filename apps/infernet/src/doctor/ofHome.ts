/** What is known of this home without asking anybody: its settings, its key, its receipts, whether it can be written. */
import { Identity } from "@infernet/auth/Identity"
import * as KeyFile from "@infernet/auth/KeyFile"
import * as KeyringFiles from "@infernet/daemon/node/KeyringFiles"
import { Claims } from "@infernet/daemon/receipt/Claims"
import { Home } from "@infernet/platform/Home"
import * as refused from "@infernet/platform/refused"
import { Clock, Effect, FileSystem } from "effect"
import { join } from "node:path"
import * as HomeClaims from "../client/HomeClaims.ts"
import * as ConfigFile from "../settings/ConfigFile.ts"
import { type KeyFacts, known, type Situation, unknown } from "./Situation.ts"

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
  const removed = fs.remove(probe, { force: true })
  const problem = yield* fs.writeFileString(probe, "written by infernet doctor\n", { mode: 0o600 }).pipe(
    Effect.andThen(removed),
    // A full disk lets a file be made and not written.
    Effect.tapError(() => Effect.ignore(removed)),
    Effect.match({ onFailure: refused.why, onSuccess: () => undefined })
  )
  return { root, problem }
})

const lateMillis = 3_600_000

export const receipts = Effect.gen(function* () {
  const claims = yield* (yield* Claims).newest
  const now = yield* Clock.currentTimeMillis
  const late = claims.flatMap(({ waiting }) =>
    waiting.since !== undefined && now - waiting.since >= lateMillis ? [waiting] : []
  )
  return {
    total: claims.reduce((sum, { sums }) => sum + sums.bills, 0),
    signed: claims.reduce((sum, { sums }) => sum + sums.signed, 0n),
    late: late.reduce((sum, { bills }) => sum + bills, 0),
    lateAmount: late.reduce((sum, { amount }) => sum + amount, 0n)
  }
}).pipe(
  Effect.provide(HomeClaims.layer),
  Effect.match({
    onFailure: ({ message }): Situation["receipts"] => unknown(message),
    onSuccess: (facts): Situation["receipts"] => known(facts)
  })
)

/** The key is read and not made: looking changes nothing. */
export const key = (name: string) =>
  Effect.gen(function* () {
    const fs = yield* FileSystem.FileSystem
    const { keys } = yield* Home
    const path = join(keys, name)
    const waits = Effect.orElseSucceed(fs.exists(join(keys, KeyringFiles.names.next)), () => false)
    const isChanging = name === KeyringFiles.names.key && (yield* waits)
    const facts = (part: Partial<KeyFacts>): KeyFacts => ({
      path,
      id: undefined,
      problem: undefined,
      isChanging,
      ...part
    })
    return yield* KeyFile.read(path).pipe(
      Effect.map((key) => facts({ id: Identity.fromStoredKey(key).id })),
      Effect.catchReason("PlatformError", "NotFound", () => Effect.succeed(facts({}))),
      Effect.catchTag("PlatformError", (error) => Effect.succeed(facts({ problem: refused.sentence(error) }))),
      Effect.catch(({ message }) => Effect.succeed(facts({ problem: message })))
    )
  })
