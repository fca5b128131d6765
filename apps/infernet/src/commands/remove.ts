/** `infernet remove`: takes this machine out of its network, and everything of this program but keys and receipts off it. */
import { Home } from "@infernet/platform/Home"
import { Console, Effect, Option } from "effect"
import { Command, Flag } from "effect/cli"
import * as HomeFiles from "../removal/HomeFiles.ts"
import * as ending from "../run/ending.ts"
import * as stuck from "../run/stuck.ts"
import { endedJobs, hows } from "../run/words.ts"
import * as Service from "../service/Service.ts"
import { Tools } from "../service/Tools.ts"
import * as options from "../settings/options.ts"
import { canAsk, confirm } from "../terminal/ask.ts"
import { Failure } from "../terminal/exit.ts"
import { dim, green, row, yellow } from "../terminal/style.ts"
import { remove as removeService } from "./service.ts"

// It brings the daemon's code with it.
const farewell = Effect.promise(() => import("../removal/farewell.ts"))

/** The manager that has a service of this home; none also where no manager runs. */
const service = Effect.gen(function* () {
  const found = yield* Effect.option(Service.find())
  if (Option.isNone(found)) return Option.none()
  const { manager } = found.value
  return (yield* Service.isInstalled(manager.path)) ? Option.some(manager) : Option.none()
})

const agreed = Effect.fnUntraced(function* (yes: boolean, withKeys: boolean) {
  if (yes) return true
  const question = withKeys ? "Delete all of it, the keys too? What they own is lost with them." : "Delete it?"
  if (canAsk()) return yield* confirm(question, false)
  return yield* new Failure({ message: "nobody is there to be asked whether all this may go: add --yes", code: 2 })
})

/** What goes, before anything does. */
const tell = Effect.fnUntraced(function* (paths: ReadonlyArray<string>, withKeys: boolean) {
  const { keys, root } = yield* Home
  const view = yield* ending.current
  const manager = yield* service
  if (Option.isSome(view)) yield* Console.log(row("stops", `pid ${view.value.pid}, ${hows[view.value.how]}`))
  if (Option.isSome(manager)) yield* Console.log(row("removes", manager.value.path))
  yield* Console.log(
    row("deletes", paths.length === 0 ? `nothing: ${root} has nothing of Infernet's` : (paths[0] ?? ""))
  )
  for (const path of paths.slice(1)) yield* Console.log(row("", path))
  const names = yield* HomeFiles.keyNames
  if (names.length > 0 && !withKeys) yield* Console.log(row("keeps", `${keys} ${dim(`(${names.join(", ")})`)}`))
  if (names.length > 0 && withKeys)
    yield* Console.log(row("", yellow("the keys: whoever loses a key loses what it has earned")))
  const receipts = yield* HomeFiles.receipts
  if (Option.isSome(receipts) && names.length > 0 && !withKeys) yield* Console.log(row("", receipts.value))
  if (Option.isSome(receipts) && withKeys)
    yield* Console.log(row("", yellow("the receipts: what of them is not paid out is lost (`infernet payments`)")))
  yield* Console.log("")
})

/** Ends whatever runs, and tells the network that this node is gone for good. */
const leave = Effect.fnUntraced(function* (seconds: number) {
  const manager = yield* service
  const wasRunning = Option.isSome(yield* ending.current)
  if (Option.isSome(manager)) yield* removeService(manager.value)
  const view = yield* ending.current
  if (Option.isSome(view)) {
    const ended = yield* ending.end(view.value, { withinMillis: seconds * 1000, then: "end" })
    yield* Console.log(row("stopped", `pid ${view.value.pid}${endedJobs(ended)}`))
  } else yield* stuck.end
  if (wasRunning) return yield* Console.log(row("left", "its network"))
  const hasLeft = yield* Effect.flatMap(farewell, ({ say }) => say)
  if (hasLeft) yield* Console.log(row("left", "its network"))
})

export const remove = Command.make(
  "remove",
  {
    yes: options.yes,
    keys: Flag.Boolean("keys").pipe(
      Flag.withDescription("Delete the keys and receipts too; what is not paid out is lost with them"),
      Flag.withDefault(false)
    ),
    timeout: options.drainTimeout
  },
  Effect.fnUntraced(function* ({ keys: withKeys, timeout, yes }) {
    const { keys, lock, root } = yield* Home
    yield* tell(yield* HomeFiles.present(withKeys), withKeys)
    if (!(yield* agreed(yes, withKeys))) return yield* Console.log("nothing was deleted")
    yield* leave(timeout)
    const left = yield* Effect.scoped(
      // Nothing starts from a home that is going.
      Effect.andThen(lock, Effect.flatMap(HomeFiles.present(withKeys), HomeFiles.remove))
    )
    yield* Console.log(row("deleted", green(left.length === 0 ? root : `all but what is kept in ${root}`)))
    const names = left.includes("keys") ? yield* HomeFiles.keyNames : []
    if (names.length === 0) return
    yield* Console.log(`\n  ${yellow("Your keys are still there:")} ${keys}`)
    const receipts = yield* HomeFiles.receipts
    if (Option.isSome(receipts)) yield* Console.log(`  ${yellow("And your receipts:")} ${receipts.value}`)
    yield* Console.log("  Together they own what this machine has earned: keep a copy before you delete them.\n")
  })
).pipe(
  Command.withShortDescription("Take this machine out of its network, and Infernet off it"),
  Command.withDescription(
    "Stop what runs from this home, running jobs first, leave the network, remove the service, and delete what the home\n" +
      "  holds: models, logs, settings, and the database of a network that ran here. Keys and receipts stay, as they own\n" +
      "  what was earned; --keys deletes both too. Asks first on a terminal; elsewhere it wants --yes."
  ),
  Command.withExamples([
    { command: "infernet remove", description: "Shows what goes, and asks" },
    { command: "infernet remove --yes", description: "In a script" }
  ]),
  Command.provide(Tools.layer)
)
