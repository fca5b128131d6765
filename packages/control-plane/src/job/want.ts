/** What a submission asks of the router. */
import { expectedTokens } from "@infernet/routing/cost"
import { needsOf } from "@infernet/routing/needs"
import { promptSize } from "@infernet/routing/promptSize"
import type { Terms } from "@infernet/routing/candidates"
import type { Want } from "@infernet/routing/Router"
import type { Submission } from "./LiveJob.ts"

/** `terms`: prices of its model; undefined where nothing is charged. */
export const wantOf = ({ pin, request }: Pick<Submission, "pin" | "request">, terms?: Terms): Want => {
  const { longest, total } = promptSize(request)
  return {
    model: request.model,
    promptTokens: total,
    expectedTokens: "max_tokens" in request ? expectedTokens(request.max_tokens) : 0,
    needs: needsOf(request, longest),
    pin,
    terms,
    exclude: new Set()
  }
}
