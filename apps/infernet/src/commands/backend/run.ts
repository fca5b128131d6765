/** `infernet backend run vllm …`: starts a server with the flags that a node wants, and keeps it running. */
import { Effect, Option } from "effect"
import { Argument, Command, Flag } from "effect/cli"
import * as options from "../../settings/options.ts"

// Loaded only here: it brings the servers' code with it.
const keep = Effect.promise(() => import("./keep.ts"))

export const run = Command.make(
  "run",
  {
    kind: Argument.Literals("backend", ["vllm", "sglang", "max", "llamacpp"]).pipe(
      Argument.withDescription("Which one")
    ),
    model: Argument.String("model").pipe(
      Argument.withDescription(
        "org/repository of Hugging Face, or a path; for llamacpp a GGUF file or an installed one"
      )
    ),
    extra: Argument.String("args").pipe(
      Argument.withDescription("After --: more flags for the server itself"),
      Argument.variadic()
    ),
    port: options.serverPort,
    program: Flag.String("program").pipe(
      Flag.withMetavar("<path>"),
      Flag.withDescription("The server's program; without it, from the virtual environment or PATH"),
      Flag.optional
    )
  },
  Effect.fnUntraced(function* ({ extra, kind, model, port, program }) {
    const { keepRunning } = yield* keep
    return yield* keepRunning({
      kind,
      model,
      extra,
      port: Option.getOrUndefined(port),
      program: Option.getOrUndefined(program)
    })
  })
).pipe(
  Command.withShortDescription("Start a server and keep it running"),
  Command.withDescription(
    "Start an inference server that is installed on this machine, with the flags that a node wants of it (tool calls,\n" +
      "  cached tokens, readings, for this machine alone), wait until it answers, and start it again when it dies. What it\n" +
      "  prints goes to logs/<backend>.log in the home, on another port than its usual one to logs/<backend>-<port>.log.\n" +
      "  A node finds it by itself on its usual port.\n" +
      "  Ctrl-C stops it and exits 0; 1 when it does not start or is not installed, and then how to get it is told."
  ),
  Command.withExamples([
    { command: "infernet backend run vllm Qwen/Qwen3-8B", description: "vLLM, fetching the model if need be" },
    { command: "infernet backend run llamacpp ./Qwen3-4B-Q4_K_M.gguf", description: "llama.cpp with a file" },
    {
      command: "infernet backend run vllm Qwen/Qwen3-8B --port 8001 -- --max-model-len 16384",
      description: "Another port, and a flag of vLLM's own"
    }
  ])
)
