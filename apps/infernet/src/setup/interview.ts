/** The questions of a setup, in their order; nothing is changed by asking them. */
import { Effect, Option } from "effect"
import * as values from "../settings/values.ts"
import { type Question, Questions, nothing, orNothing } from "./Questions.ts"

/** What was said on the command line. */
export interface Given {
  readonly controlPlane: Option.Option<Option.Option<string>>
  readonly linkCode: Option.Option<Option.Option<string>>
  readonly name: Option.Option<string>
  readonly payoutAddress: Option.Option<Option.Option<string>>
  readonly model: Option.Option<Option.Option<string>>
}

/** What counts now: the settings as they are, and what suits this machine. */
export interface Usual {
  readonly controlPlane: Option.Option<string>
  readonly name: string
  readonly payoutAddress: Option.Option<string>
  readonly model: Option.Option<string>
}

export interface Answers {
  readonly controlPlane: Option.Option<string>
  readonly linkCode: Option.Option<string>
  readonly name: string
  readonly payoutAddress: Option.Option<string>
  readonly model: Option.Option<string>
}

/** Whether a control plane wants a link code of this machine, which it may not know yet; told before it is asked for. */
export type NeedsCode<R> = (controlPlane: string) => Effect.Effect<"needed" | "possible" | "known", never, R>

export const url = orNothing(values.url)
export const code = orNothing(values.text)
export const payout = orNothing(values.payoutAddress)
export const model = orNothing(values.text)

const linkCodeOf = (need: "needed" | "possible", given: Given): Question<Option.Option<string>> => {
  const shared = { flag: "--link-code", given: given.linkCode }
  return need === "needed"
    ? {
        ...shared,
        message: "Link code, made by the network's operator",
        value: { expected: values.text.expected, parse: (text) => Option.map(values.text.parse(text), Option.some) },
        usual: Option.none()
      }
    : {
        ...shared,
        message: `Link code of your account there`,
        value: code,
        usual: Option.some(Option.none())
      }
}

export const interview = Effect.fnUntraced(function* <R>(given: Given, usual: Usual, needsCode: NeedsCode<R>) {
  const { ask } = yield* Questions
  const model_ = yield* ask({
    flag: "--model",
    message: `Model to install (${nothing}: what is there)`,
    value: model,
    given: given.model,
    usual: Option.some(usual.model)
  })
  const controlPlane = yield* ask({
    flag: "--control-plane",
    message: `Control plane to join (${nothing}: a network of its own)`,
    value: url,
    given: given.controlPlane,
    usual: Option.some(usual.controlPlane)
  })
  const need = Option.isSome(controlPlane) ? yield* needsCode(controlPlane.value) : "known"
  const linkCode = need === "known" ? Option.flatten(given.linkCode) : yield* ask(linkCodeOf(need, given))
  const name = yield* ask({
    flag: "--name",
    message: "Name of this node",
    value: values.name,
    given: given.name,
    usual: Option.some(usual.name)
  })
  const payoutAddress = yield* ask({
    flag: "--payout-address",
    message: "Ethereum address for its earnings",
    value: payout,
    given: given.payoutAddress,
    usual: Option.some(usual.payoutAddress)
  })
  const answers: Answers = { controlPlane, linkCode, name, payoutAddress, model: model_ }
  return answers
})
