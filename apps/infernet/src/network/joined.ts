/** This machine as a node of a network elsewhere. */
import { Backends } from "@infernet/backend/Backends"
import { Home } from "@infernet/platform/Home"
import { Console, Context, Effect } from "effect"
import { bold, row } from "../terminal/style.ts"
import * as tell from "../terminal/tell.ts"
import { version } from "../version.ts"
import * as node from "./node.ts"

/** Gives the daemon's services at once; it joins when the control plane answers. */
export const start = Effect.fnUntraced(function* (controlPlaneUrl: string) {
  const home = yield* Home
  yield* home.lock
  yield* Console.log(`${bold("infernet")} ${version}\n`)
  yield* Console.log(row("home", home.root))
  const self = yield* node.identity
  const found = yield* node.findBackends
  yield* tell.backends(Context.get(found, Backends))
  yield* Console.log(row("node", `${self.id}`))
  yield* Console.log(row("joining", controlPlaneUrl))
  return yield* node.work(controlPlaneUrl, self, found)
})
