/** The name of the request under way: in its answer, in its log lines, and in every internal error's message. */
import { Context, Effect, Random } from "effect"

export const RequestId = Context.Reference<string>("@infernet/control-plane/http/RequestId", {
  defaultValue: () => "req_none"
})

export const make = Effect.map(
  Effect.all([Random.nextIntBetween(0, 2 ** 40), Random.nextIntBetween(0, 2 ** 40)]),
  ([a, b]) => `req_${a.toString(32).padStart(8, "0")}${b.toString(32).padStart(8, "0")}`
)
