/** `infernet model install …`: brings a model to a backend of this machine, once it is known to fit. */
import { bytesOf } from "@infernet/backend/install/bytes"
import { Console, Effect, Option } from "effect"
import { Argument, Command, Flag } from "effect/cli"
import * as Machine from "../../client/Machine.ts"
import * as options from "../../settings/options.ts"
import { canAsk, confirm } from "../../terminal/ask.ts"
import { Failure } from "../../terminal/exit.ts"
import { during } from "../../terminal/progress.ts"
import { bold, dim, fitRow, green, plain, row } from "../../terminal/style.ts"
import { asked } from "./asked.ts"
import { follow } from "./follow.ts"
import type { Proposal } from "./proposal.ts"
import * as remote from "./remote.ts"

// Loaded only here: a chat must not wait for what reads GPUs and asks Hugging Face.
const proposal = Effect.promise(() => import("./proposal.ts"))

const kept = "what has come is kept, and the same command goes on from there"

const show = ({ bytes, fits, what }: Proposal) =>
  Console.log(
    [
      row("model", fitRow(what)),
      ...(bytes === undefined ? [] : [row("size", bytesOf(bytes))]),
      ...(fits === undefined ? [] : [row("fits", fits)])
    ].join("\n")
  )

const next = (model: string, isNode: boolean): string =>
  isNode
    ? `\n  infernet chat --model ${model} "Hello"\n`
    : `\n  ${dim("It is offered once a node runs:")}\n\n  infernet start\n  infernet chat --model ${model} "Hello"\n`

export const install = Command.make(
  "install",
  {
    name: Argument.String("name").pipe(
      Argument.withDescription("qwen3:4b, or org/repository of Hugging Face, or an https address, or a file")
    ),
    file: Flag.String("file").pipe(
      Flag.withMetavar("<name>"),
      Flag.withDescription("Which GGUF file of the repository; without it, the usual one of four bits"),
      Flag.optional
    ),
    sha256: Flag.String("sha256").pipe(
      Flag.withMetavar("<hex>"),
      Flag.withDescription("Refuse a file of any other checksum"),
      Flag.optional
    ),
    backend: Flag.Literals("backend", ["ollama", "embedded"]).pipe(
      Flag.withMetavar("<kind>"),
      Flag.withDescription("Who gets it; without it, Ollama library models, the embedded engine files"),
      Flag.optional
    ),
    ...remote.flags,
    yes: options.yes,
    json: options.json
  },
  Effect.fnUntraced(function* (given) {
    const { json } = given
    const to = Option.getOrUndefined(given.backend)
    const call = {
      name: given.name,
      file: Option.getOrUndefined(given.file),
      sha256: Option.getOrUndefined(given.sha256),
      backend: to
    }
    const elsewhere = yield* remote.at(given)
    if (Option.isSome(elsewhere)) return yield* remote.install(elsewhere.value, call, json)
    const wanted = asked(call)
    if (wanted._tag === "Fault") return yield* new Failure({ message: wanted.message, code: 2 })
    yield* Machine.use((machine) =>
      Effect.gen(function* () {
        const { propose } = yield* proposal
        const looking = Effect.flatMap(machine.backends, (backends) => propose(wanted, to, backends))
        const proposed = yield* json ? looking : during("looking", (seconds) => `for it (${seconds} s)`)(looking)
        if (json) {
          const { bytes, what, source } = proposed
          yield* Console.log(JSON.stringify({ type: "found", what, source, ...(bytes !== undefined && { bytes }) }))
        } else yield* show(proposed)
        if (!given.yes && !json && canAsk() && !(yield* confirm("Install it?", true))) return
        const model = yield* follow(machine, machine.install(proposed.source, to), { json, kept })
        if (json) return
        yield* Console.log(row("installed", `${green(bold(plain(model)))}`))
        yield* Console.log(next(plain(model), machine.isNode))
      })
    )
  })
).pipe(
  Command.withShortDescription("Install a model"),
  Command.withDescription(
    "Install a model on this machine: it is looked for, held against memory and disk, fetched, checked and offered.\n" +
      "  Library names go to Ollama where it answers, else their GGUF file comes from Hugging Face (HF_ENDPOINT, HF_TOKEN)\n" +
      "  into the folder that the embedded engine serves. A node that runs from this home does the work and offers the\n" +
      "  model at once: Ctrl-C stops it, a closed terminal does not. What has come of a broken-off download is kept.\n" +
      "  Exits 0 when it is installed, 1 when it could not be, 130 after Ctrl-C. It asks before it begins on a terminal.\n" +
      "  With --node a node of yours does it, wherever it is, under the same signs and without a question: of a repository\n" +
      "  it wants --file and --sha256, and it takes no address and no file of this machine."
  ),
  Command.withExamples([
    { command: "infernet model install qwen3:4b", description: "A library model" },
    { command: "infernet model install Qwen/Qwen3-4B-GGUF", description: "The usual file of a repository" },
    { command: "infernet model install Qwen/Qwen3-4B-GGUF --file Qwen3-4B-Q8_0.gguf", description: "This file of it" },
    {
      command: "infernet model install ./my-model.gguf",
      description: "A file of this machine, linked where it can be"
    },
    { command: "infernet model install qwen3:4b --node 0x1f3a", description: "At a node of yours elsewhere" },
    { command: "infernet model install qwen3:4b --json --yes", description: "A line of JSON for each step" }
  ])
)
