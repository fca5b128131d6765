/** What the log and `/metrics` tell of bills. */
import type { NodeId, ReceiptId } from "@infernet/contract/Id"
import { Clock, Effect, Metric } from "effect"

const bills = Metric.counter("infernet_bills_total", {
  description: "Bills made, signed, disputed, and signed in a way that was refused",
  incremental: true
})

const states = ["made", "signed", "disputed", "refused"] as const
type State = (typeof states)[number]

const count = (state: State, number: number) => Metric.update(Metric.withAttributes(bills, { state }), number)

/** Every series at zero: one that appears with its first event shows no increase. */
export const begin = Effect.forEach(states, (state) => count(state, 0), { discard: true })

export const made = (number: number) => count("made", number)
export const signed = (number: number) => (number === 0 ? Effect.void : count("signed", number))

export const disputed = (node: NodeId, bill: ReceiptId, reason: string) =>
  Effect.andThen(count("disputed", 1), Effect.logWarning("a bill was disputed", { node, bill, reason }))

const quietMillis = 60_000
/** Nodes of which it is known when they were last complained of. */
const mostNodes = 1_000

/** Says of a node at most once a minute that it signed what it must not: it may do so as often as it likes. */
export const refusals = () => {
  const last = new Map<NodeId, number>()
  return Effect.fnUntraced(function* (node: NodeId, refused: { readonly bill: ReceiptId; readonly reason: string }) {
    yield* count("refused", 1)
    const now = yield* Clock.currentTimeMillis
    if (now - (last.get(node) ?? Number.NEGATIVE_INFINITY) < quietMillis) return
    last.delete(node)
    last.set(node, now)
    const [oldest] = last.keys()
    if (last.size > mostNodes && oldest !== undefined) last.delete(oldest)
    yield* Effect.logWarning("an answer to a bill was refused", { node, ...refused })
  })
}
