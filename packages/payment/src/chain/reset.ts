/** Takes away a home's local chain and all that was on it. The next one has contracts at other addresses. */
import { join } from "node:path"
import * as Lock from "@infernet/platform/Lock"
import * as refused from "@infernet/platform/refused"
import { Effect, FileSystem } from "effect"
import { lastIn, stateIn } from "./ChainState.ts"
import { fileIn, folderIn } from "./LocalDeployment.ts"
import { ownerIn } from "./LocalKeys.ts"
import { LocalChainError } from "./LocalChainError.ts"

/** The owner's key goes first: no chain without its state is ever begun with it again. `false` where there was no chain. */
export const reset = (root: string) =>
  Effect.gen(function* () {
    const fs = yield* FileSystem.FileSystem
    const directory = folderIn(root)
    if (!(yield* fs.exists(directory))) return false
    yield* Lock.acquire(join(directory, "lock"))
    const files = [ownerIn(root), fileIn(root), stateIn(directory), lastIn(directory)]
    const found = yield* Effect.filter(files, (path) => fs.exists(path))
    yield* Effect.forEach(files, (path) => fs.remove(path, { force: true }), { discard: true })
    return found.length > 0
  }).pipe(
    Effect.scoped,
    Effect.catchTags({
      LockHeld: ({ message }) =>
        Effect.fail(new LocalChainError({ message: `the local chain runs: ${message}. Stop that first` })),
      LockUnusable: ({ message }) => Effect.fail(new LocalChainError({ message })),
      PlatformError: (error) => Effect.fail(new LocalChainError({ message: refused.sentence(error) }))
    })
  )
