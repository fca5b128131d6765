/** The node of this process on the home's own chain: registered there, so that what it earns can be paid out at once. */
import type { NodeId } from "@infernet/contract/Id"
import { register } from "@infernet/payment/settlement/registration/Registration"
import { Effect, Option } from "effect"
import { read } from "../../payout/keys.ts"
import { payoutAddress } from "../../settings/options.ts"
import { Failure } from "../../terminal/exit.ts"
import type { OnChain } from "./Charging.ts"

/** Where it is paid; one that is registered stays as it is, for its operator to change. */
export const settle = Effect.fnUntraced(
  function* ({ escrow, local }: OnChain, id: NodeId) {
    const known = yield* escrow.node(id)
    if (known !== undefined || local === undefined) return known?.payout
    const { node, older } = yield* read(Option.none())
    const { operator } = local
    const given = yield* payoutAddress()
    const payout = Option.match(given, { onNone: () => operator.id, onSome: (address) => address.toLowerCase() })
    yield* register(escrow, { node, older, operator, payout })
    return payout
  },
  Effect.mapError(
    ({ message }) => new Failure({ message: `this node is not registered on the local chain: ${message}` })
  )
)
