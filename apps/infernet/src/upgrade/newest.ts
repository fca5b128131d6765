/** Whether this program upgrades itself, and to what. */
import { isPackaged } from "@infernet/platform/travelling"
import { Effect } from "effect"
import * as launcher from "../network/launcher.ts"
import { Failure } from "../terminal/exit.ts"
import * as npmConfig from "./npmConfig.ts"
import * as Registry from "./Registry.ts"

/** Fails where another manager has installed it, which also upgrades it. */
export const own = Effect.gen(function* () {
  if ((yield* launcher.packagedCommand) !== undefined) {
    return yield* new Failure({ message: "this Infernet came in a package of this system: upgrade it with that" })
  }
  if (!isPackaged) return yield* new Failure({ message: "this is the repository itself: upgrade it with git" })
})

/** The newest version for everybody, where this program upgrades itself to it; `undefined` where the registry names none. */
export const newest = Effect.gen(function* () {
  yield* own
  return (yield* Registry.look(yield* npmConfig.read)).latest
})
