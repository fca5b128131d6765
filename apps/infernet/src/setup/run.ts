/** A setup from its first look at the machine to what is left to be done. */
import { Console, Effect, Option } from "effect"
import { hostname } from "node:os"
import * as Machine from "../client/Machine.ts"
import * as options from "../settings/options.ts"
import { Failure } from "../terminal/exit.ts"
import { dim } from "../terminal/style.ts"
import { apply } from "./apply.ts"
import { type Given, interview, type Usual } from "./interview.ts"
import { needsCode } from "./join.ts"
import { look } from "./look.ts"
import { nothing } from "./Questions.ts"

const settings = Effect.gen(function* () {
  const name = yield* options.nodeName()
  return {
    controlPlane: yield* options.controlPlane(),
    name: Option.getOrElse(name, () => hostname().slice(0, 64)),
    payoutAddress: yield* options.payoutAddress()
  }
})

const next = (joins: boolean) =>
  [
    "",
    dim(joins ? "  Run the node, and look whether all is well:" : "  Run the network, and look whether all is well:"),
    "",
    "  infernet start",
    "  infernet doctor",
    ""
  ].join("\n")

/** Interrupted while it asks, it has changed nothing. */
export const run = (given: Given, silent: boolean) =>
  Machine.use((machine) =>
    Effect.gen(function* () {
      const suited = yield* look(machine)
      const usual: Usual = { ...(yield* settings), model: Option.fromUndefinedOr(suited) }
      if (!silent) yield* Console.log(dim(`  Enter takes what stands in brackets; ${nothing} leaves it out.\n`))
      const answers = yield* interview(given, usual, needsCode)
      const left = yield* apply(machine, answers)
      yield* Console.log(next(Option.isSome(answers.controlPlane)))
      if (left.length > 0)
        return yield* new Failure({ message: `the settings are written, but ${left.join("; and ")}` })
    })
  )
