/** `infernet payout --set-address`: the node's entry on chain, and the address that its earnings go to. */
import type { Identity } from "@infernet/auth/Identity"
import { Escrow } from "@infernet/payment/settlement/Escrow"
import { register } from "@infernet/payment/settlement/registration/Registration"
import { senderOf } from "@infernet/payment/settlement/transaction"
import { Console, Effect, type Option } from "effect"
import * as keys from "../../payout/keys.ts"
import { during } from "../../terminal/progress.ts"
import { dim, row, yellow } from "../../terminal/style.ts"
import { confirmationsText, registeredText } from "./words.ts"

interface Asked {
  readonly payout: string
  readonly operatorKey: Option.Option<string>
  readonly json: boolean
}

/** Said once, when it is made: it decides where all earnings go. */
const toldOfKey = Effect.fnUntraced(function* (operator: Identity["Service"]) {
  const file = yield* keys.operatorFile
  yield* Console.log(row("operator", senderOf(operator)))
  yield* Console.log(`${row("key", file)}\n${row("", yellow("made now. It decides where this node's earnings go."))}`)
  yield* Console.log(
    dim("  Better keep it elsewhere: move the file away, and name it with --operator-key where it is needed.\n")
  )
})

export const setAddress = Effect.fnUntraced(function* ({ json, operatorKey, payout }: Asked) {
  const escrow = yield* Escrow
  const here = yield* keys.read(operatorKey)
  const operator = here.operator ?? (yield* keys.makeOperator)
  if (here.operator === undefined && !json) yield* toldOfKey(operator)
  let text = "asking the chain"
  const seen = (_: string, confirmations: number, wanted: number) =>
    Effect.sync(() => void (text = confirmationsText(confirmations, wanted)))
  const { node, older } = here
  const registered = yield* register(escrow, { node, older, operator, payout: payout.toLowerCase() }, { seen }).pipe(
    during("payout", () => text)
  )
  if (!json) return yield* Console.log(registeredText(registered))
  const { at, hash } = { at: undefined, hash: undefined, ...registered }
  const state = { Registered: "registered", Changes: "changes", Same: "unchanged" }[registered._tag]
  yield* Console.log(
    JSON.stringify({
      node: node.id,
      operator: senderOf(operator),
      payout_address: registered.payout,
      state,
      effective_at: at ?? null,
      hash: hash ?? null
    })
  )
})
