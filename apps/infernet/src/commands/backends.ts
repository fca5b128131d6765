/** `infernet backends`: what was found at each address where a backend may be, and why the rest is not used. */
import { Console, Effect } from "effect"
import { Command } from "effect/cli"
import * as Machine from "../client/Machine.ts"
import * as options from "../settings/options.ts"
import { backendTable } from "../terminal/backendTable.ts"

const advice = [
  "",
  "No backend is used. Any of these changes that:",
  "  infernet start                         brings a small demo model of its own",
  "  ollama serve                           then: infernet model install <name>",
  "  infernet backend run llamacpp <model>  or vllm, sglang, max",
  "  INFERNET_BACKEND=<url> …               for one that runs elsewhere"
]

export const backends = Command.make(
  "backends",
  { json: options.json },
  Effect.fnUntraced(function* ({ json }) {
    const found = yield* Machine.use((machine) => machine.backends)
    if (json) return yield* Console.log(JSON.stringify(found))
    yield* Console.log(backendTable(found))
    if (found.every(({ used }) => !used)) yield* Console.log(advice.join("\n"))
  })
).pipe(
  Command.withShortDescription("Show the backends of this machine, and why one is not used"),
  Command.withDescription(
    "Show what answers at each address where a backend may be, asked anew: its version, its models, whether it is\n" +
      "  used, and if not, why and what to do. The node that runs from this home asks where there is one. Exits 0 also\n" +
      "  when none answers."
  ),
  Command.withExamples([
    { command: "infernet backends", description: "All of them" },
    { command: "OLLAMA_HOST=gpu:11434 infernet backends", description: "Whether one elsewhere would be used" },
    { command: "infernet backends --json | jq '.[] | select(.used)'", description: "For programs" }
  ])
)
