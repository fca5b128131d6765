/** Does what was answered: settings first and whole, then the key, the network and, longest of all, the model. */
import { Home } from "@infernet/platform/Home"
import { Console, Effect, Option } from "effect"
import type { Machine } from "../client/Machine.ts"
import { asked } from "../commands/model/asked.ts"
import { follow } from "../commands/model/follow.ts"
import { propose } from "../commands/model/proposal.ts"
import * as node from "../network/node.ts"
import * as ConfigFile from "../settings/ConfigFile.ts"
import { Failure } from "../terminal/exit.ts"
import { fitRow, green, plain, row, yellow } from "../terminal/style.ts"
import type { Answers } from "./interview.ts"
import { register } from "./join.ts"

const kept = "what has come is kept, and `infernet model install` goes on from there"

/** What could not be done, in a sentence; none where it was. */
type Left = Option.Option<string>

const installed = Effect.fnUntraced(function* (machine: Machine, name: string) {
  const wanted = asked({ name, file: undefined, sha256: undefined, backend: undefined })
  if (wanted._tag === "Fault") return yield* new Failure({ message: wanted.message })
  const { source, what } = yield* propose(wanted, undefined, yield* machine.backends)
  yield* Console.log(row("model", fitRow(what)))
  return yield* follow(machine, machine.install(source, undefined), { json: false, kept })
})

const withModel = (machine: Machine, name: string) =>
  installed(machine, name).pipe(
    Effect.matchEffect({
      onSuccess: (model) => Effect.as(Console.log(row("installed", green(plain(model)))), Option.none<string>()),
      onFailure: ({ message }) => {
        const left = `the model was not installed: ${message}`
        return Effect.as(Console.log(row("model", yellow(plain(message)))), Option.some(left))
      }
    })
  )

const withNetwork = Effect.fnUntraced(function* (
  url: string,
  self: Effect.Success<typeof node.identity>,
  answers: Answers
) {
  const wanted = { url, self, name: answers.name, linkCode: Option.getOrUndefined(answers.linkCode) }
  const result = yield* Effect.result(register(wanted))
  if (result._tag === "Success") {
    yield* Console.log(row("network", `${url}  ${green("registered")}`))
    return Option.none<string>()
  }
  const { _tag, message } = result.failure
  yield* Console.log(row("network", yellow(plain(message))))
  const code = Option.match(answers.linkCode, { onNone: () => "", onSome: (code) => ` --link-code ${code}` })
  return Option.some(
    _tag === "ControlPlaneAway"
      ? `the network does not answer now: \`infernet start${code}\` joins it when it does`
      : `the network was not joined: ${message}`
  )
})

/** Gives what is left to be done, in sentences. */
export const apply = Effect.fnUntraced(function* (machine: Machine, answers: Answers) {
  const { config } = yield* Home
  const { controlPlane, model, name, payoutAddress } = answers
  yield* ConfigFile.write(config, {
    control_plane: Option.getOrUndefined(controlPlane),
    node_name: name,
    payout_address: Option.getOrUndefined(payoutAddress)
  })
  yield* Console.log(`\n${row("config", config)}`)
  const self = yield* node.identity
  yield* Console.log(row("key", self.id))
  const left: Array<Left> = [
    Option.isSome(controlPlane) ? yield* withNetwork(controlPlane.value, self, answers) : Option.none(),
    Option.isSome(model) ? yield* withModel(machine, model.value) : Option.none()
  ]
  return left.flatMap((one) => Option.toArray(one))
})
