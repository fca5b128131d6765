import { it } from "@infernet/testing/harness"
import { Escrow } from "@infernet/payment/settlement/Escrow"
import { register } from "@infernet/payment/settlement/registration/Registration"
import { Evm } from "@infernet/testing/Evm"
import { expect } from "bun:test"
import { Effect } from "effect"
import { gas, identityOf, inTown, node, operator, payoutAddress } from "@infernet/testing/settlement/Town"

const live = (name: string, body: () => Effect.Effect<void, unknown>) => it.live(name, body, { timeout: 30_000 })
const elsewhere = "0x000000000000000000000000000000000000beef"
const asked = { node, older: [], operator, payout: payoutAddress }

live("registers a node, and changes where it is paid after two days' notice", () =>
  inTown(
    Effect.gen(function* () {
      const [escrow, evm] = [yield* Escrow, yield* Evm]
      expect(yield* register(escrow, asked)).toMatchObject({ _tag: "Registered", payout: payoutAddress })
      expect(yield* register(escrow, asked)).toEqual({ _tag: "Same", payout: payoutAddress })
      const changes = yield* register(escrow, { ...asked, payout: elsewhere })
      const { time } = yield* escrow.head
      expect(changes).toMatchObject({ _tag: "Changes", from: payoutAddress, at: time + 2 * 86_400 })
      expect((yield* escrow.node(node.id))?.payout).toBe(payoutAddress)
      // Asked again, the two days do not begin anew.
      const again = yield* register(escrow, { ...asked, payout: elsewhere })
      expect(again).toMatchObject({ _tag: "Changes", at: time + 2 * 86_400, hash: undefined })
      yield* evm.advance(2 * 86_400)
      expect(yield* escrow.node(node.id)).toMatchObject({ payout: elsewhere, next: undefined })
    })
  )
)

live("has the node's key send it where the operator's has no gas", () =>
  inTown(
    Effect.gen(function* () {
      const [escrow, evm] = [yield* Escrow, yield* Evm]
      yield* gas(evm, operator.id, "0")
      const error = yield* Effect.flip(register(escrow, asked))
      expect(error).toMatchObject({ _tag: "InsufficientGas", address: operator.id })
      yield* gas(evm, node.id)
      yield* register(escrow, asked)
      expect(yield* escrow.node(node.id)).toMatchObject({ operator: operator.id, payout: payoutAddress })
      yield* register(escrow, { ...asked, payout: elsewhere })
      expect((yield* escrow.node(node.id))?.next?.payout).toBe(elsewhere)
    })
  )
)

live("takes no other operator's word, and a node whose first key is gone says so", () =>
  inTown(
    Effect.gen(function* () {
      const escrow = yield* Escrow
      const next = { ...identityOf("the node's next key"), id: node.id }
      const gone = yield* Effect.flip(register(escrow, { ...asked, node: next }))
      expect(gone.message).toContain("Restore that key's backup")
      yield* register(escrow, { ...asked, node: next, older: [node] })
      const stranger = yield* Effect.flip(
        register(escrow, { ...asked, operator: identityOf("stranger"), payout: elsewhere })
      )
      expect(stranger.message).toContain(`is for its operator's key ${operator.id} to say`)
    })
  )
)
