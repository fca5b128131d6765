/** What this node has earned, judged: whether all that it has signed carries the control plane's signature. */
import { dollars } from "../terminal/money.ts"
import { of, type Finding } from "./Finding.ts"
import type { Situation } from "./Situation.ts"

/** Nothing is said of a node that has no receipts yet. */
export const judgeReceipts = ({ receipts }: Situation): ReadonlyArray<Finding> => {
  const { fail, ok, warn } = of("receipts")
  if (receipts._tag === "Unknown")
    return [fail(receipts.why, "what cannot be written down is not signed, and not paid")]
  const { late, lateAmount, signed, total } = receipts.value
  if (total === 0) return []
  if (late === 0) return [ok(`${total}, over ${dollars(signed)}`)]
  const waiting = `${late} of ${total} (${dollars(lateAmount)}) wait for the control plane's signature for over an hour`
  return [warn(waiting, "infernet logs --level warn; else ask whoever runs the network")]
}
