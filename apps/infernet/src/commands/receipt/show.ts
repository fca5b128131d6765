/** `infernet receipt show`: one receipt of this home's node, or the bill that it did not sign, with both sides' numbers. */
import { ReceiptId } from "@infernet/contract/Id"
import { usdc } from "@infernet/contract/Micros"
import { Claims, type KeptBill } from "@infernet/daemon/receipt/Claims"
import { Console, DateTime, Effect, Option, Schema } from "effect"
import { Argument, Command } from "effect/cli"
import * as HomeClaims from "../../client/HomeClaims.ts"
import * as options from "../../settings/options.ts"
import { Failure } from "../../terminal/exit.ts"
import { jsonText } from "../../terminal/json.ts"
import { charged, dollars } from "../../terminal/money.ts"
import { bold, plain, row, yellow } from "../../terminal/style.ts"
import { jsonOf, stateOf } from "./list.ts"

const secondsOf = (at: number): string => DateTime.formatIso(DateTime.makeUnsafe(at * 1000)).replace(".000", "")

const linesOf = (kept: KeptBill): ReadonlyArray<string> => {
  const { cumulative, domain, id, seq, terms, usage } = kept.bill
  const price = `$${usdc(BigInt(usage.input_micros_per_1k))} and $${usdc(BigInt(usage.output_micros_per_1k))} for 1,000`
  const where =
    domain.chain_id === 0 ? "no chain: it can never be redeemed" : `chain ${domain.chain_id}, ${domain.contract}`
  return [
    `${bold(id)}  ${kept.state === "disputed" ? yellow(stateOf(kept)) : stateOf(kept)}\n`,
    row("amount", charged(BigInt(usage.amount))),
    row("tokens", `${usage.prompt_tokens} read, ${usage.completion_tokens} written, at ${price}`),
    row("model", plain(usage.model)),
    row("job", `${usage.job_id}, ${usage.attempt_id}`),
    row("time", `${secondsOf(usage.started_at)} to ${secondsOf(usage.finished_at)}`),
    row("channel", `number ${seq}, ${dollars(BigInt(cumulative))} in all by then, paid by ${terms.payer}`),
    row("", where),
    ...(kept.state === "disputed"
      ? [
          row("disputed", yellow(plain(kept.reason))),
          row(
            "went by",
            `${kept.basis.claimed_prompt_tokens} and ${kept.basis.claimed_completion_tokens} tokens by this node, ` +
              `${kept.basis.prompt_bytes} and ${kept.basis.response_bytes} bytes${
                kept.basis.limited_by === undefined ? "" : `; ${plain(kept.basis.limited_by)}`
              }`
          )
        ]
      : [])
  ]
}

export const show = Command.make(
  "show",
  {
    id: Argument.String("receipt").pipe(Argument.withDescription("As `infernet receipt list` has it: cpr_…")),
    json: options.json
  },
  Effect.fnUntraced(function* ({ id, json }) {
    const known = Schema.decodeUnknownOption(ReceiptId)(id)
    if (Option.isNone(known)) {
      return yield* new Failure({
        message: `${plain(id)} is not a receipt's id: see \`infernet receipt list\``,
        code: 2
      })
    }
    const found = yield* (yield* Claims).find(known.value)
    if (Option.isNone(found)) {
      const why = "the node of this home has not signed it, or so long ago that it is in the sums alone"
      return yield* new Failure({ message: `there is no receipt ${id} here: ${why}` })
    }
    yield* Console.log(json ? jsonText(jsonOf(found.value)) : linesOf(found.value).join("\n"))
  }, Effect.provide(HomeClaims.layer))
).pipe(
  Command.withShortDescription("Show one receipt of this home's node"),
  Command.withDescription(
    "Show one receipt of this home's node; of a bill that it has disputed, why, and what both sides went by."
  ),
  Command.withExamples([
    { command: "infernet receipt show cpr_0001abcd2efgh3jkmnpq", description: "For a person" },
    { command: "infernet receipt show cpr_0001abcd2efgh3jkmnpq --json | jq .receipt", description: "The document" }
  ])
)
