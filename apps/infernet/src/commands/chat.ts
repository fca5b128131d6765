/** `infernet chat "…"`, `infernet "…"`, or text piped in: one question, its answer as it comes. */
import { Console, Effect, Option, Stdio, Stream } from "effect"
import { Argument, Command, Flag } from "effect/cli"
import type { HttpClient } from "effect/http"
import * as Chat from "../client/chat.ts"
import * as models from "../client/models.ts"
import { quote } from "../client/quote.ts"
import * as Target from "../client/Target.ts"
import * as options from "../settings/options.ts"
import * as values from "../settings/values.ts"
import { Failure } from "../terminal/exit.ts"
import { jsonText } from "../terminal/json.ts"
import { quoteText } from "../terminal/prices.ts"
import { onError, plain } from "../terminal/style.ts"

const inputLimit = 1024 * 1024

/** Everything piped in; none when a person sits at the other end. */
const piped = Effect.gen(function* () {
  if (process.stdin.isTTY) return ""
  const stdio = yield* Stdio.Stdio
  return yield* stdio.stdin.pipe(
    Stream.decodeText(),
    Stream.scan(
      () => "",
      (text, more) => text + more
    ),
    Stream.takeUntil((text) => text.length > inputLimit),
    Stream.runLast,
    Effect.map(Option.getOrElse(() => "")),
    Effect.mapError(() => new Failure({ message: "standard input could not be read" }))
  )
})

const question = Effect.fnUntraced(function* (words: ReadonlyArray<string>) {
  const asked = words.join(" ")
  // Standard input belongs to the question only where the words ask for it: a script may leave it open.
  const input = words.length === 0 || asked === "-" ? yield* piped : ""
  if (input.length > inputLimit) return yield* new Failure({ message: "the question is over 1 MiB" })
  const text = asked === "-" || asked === "" ? input.trim() : asked
  if (text !== "") return text
  return yield* new Failure({ message: 'ask something: infernet chat "What is a node?"', code: 2 })
})

/** To a terminal without what would drive it, since strangers' machines wrote it; to a program as it is. */
const write = (text: string) => Effect.sync(() => void process.stdout.write(process.stdout.isTTY ? plain(text) : text))

/** What a model thinks before it speaks, for whoever watches; never among the answer. */
const writeThought = (text: string) =>
  Effect.sync(() => void (process.stderr.isTTY && process.stderr.write(onError.dim(plain(text)))))

/** Prints an answer as it comes; broken off, it still ends its line. */
const printed = (ask: (onPiece: Chat.OnPiece) => Effect.Effect<Chat.Answer, Failure, HttpClient.HttpClient>) => {
  let last: "text" | "reasoning" | undefined
  const onPiece: Chat.OnPiece = (kind, text) => {
    const turn = last === "reasoning" && kind === "text" ? writeThought("\n\n") : Effect.void
    last = kind
    return Effect.andThen(turn, kind === "text" ? write(text) : writeThought(text))
  }
  return Effect.ensuring(
    ask(onPiece),
    Effect.suspend(() => (last === undefined ? Effect.void : write("\n")))
  )
}

export const chat = Command.make(
  "chat",
  {
    words: Argument.String("prompt").pipe(
      Argument.withDescription("What to ask; without it, or as -, standard input is read"),
      Argument.variadic()
    ),
    model: options
      .flag(
        "model",
        "<name>",
        "Which model to ask (INFERNET_MODEL); without it, the first one online",
        values.modelName
      )
      .pipe(Flag.withAlias("m")),
    system: Flag.String("system").pipe(
      Flag.withAlias("s"),
      Flag.withMetavar("<text>"),
      Flag.withDescription("A system prompt"),
      Flag.optional
    ),
    maxTokens: Flag.Int("max-tokens").pipe(
      Flag.withMetavar("<count>"),
      Flag.withDescription("The longest answer, in tokens"),
      Flag.filter(
        (count) => count >= 1,
        () => "a count from 1 on"
      ),
      Flag.optional
    ),
    stream: Flag.Boolean("stream").pipe(
      Flag.withDescription("Print the answer as it comes; --no-stream prints it whole"),
      Flag.withDefault(true)
    ),
    maxPrice: options.flag(
      "max-price",
      "<dollars>",
      "The most to pay for 1,000 tokens of the answer; nodes that ask more are passed over",
      values.dollars
    ),
    dryRun: Flag.Boolean("dry-run").pipe(
      Flag.withDescription("Ask nothing: tell what it would cost at most"),
      Flag.withDefault(false)
    ),
    json: options.json,
    controlPlane: options.controlPlaneFlag("Ask this network instead of the one here")
  },
  Effect.fnUntraced(function* ({ controlPlane, dryRun, json, maxPrice, maxTokens, model, stream, system, words }) {
    const text = yield* question(words)
    const target = yield* Target.find(controlPlane)
    const messages = [
      ...(Option.isSome(system) ? [{ role: "system" as const, content: system.value }] : []),
      { role: "user" as const, content: text }
    ]
    const name = yield* models.choose(target, model)
    const request = {
      model: name,
      messages,
      maxTokens: Option.getOrUndefined(maxTokens),
      maxPrice: Option.getOrUndefined(maxPrice)
    }
    if (dryRun) {
      const quoted = yield* quote(target, request)
      return yield* Console.log(json ? jsonText(quoted) : quoteText(quoted))
    }
    if (stream && !json) return yield* printed((onPiece) => Chat.chat(target, request, onPiece))
    const answer = yield* Chat.chat(target, request, () => Effect.void)
    const job = yield* Chat.jobOf(target, answer)
    yield* write(json ? `${jsonText(job)}\n` : `${job.result?.content ?? ""}\n`)
  })
).pipe(
  Command.withShortDescription("Ask a model"),
  Command.withDescription("Ask a model. The answer is printed as it comes, and nothing else on standard output."),
  Command.withExamples([
    { command: 'infernet chat "What is the capital of France?"', description: "Ask" },
    { command: 'infernet "What is the capital of France?"', description: "The same" },
    { command: "cat notes.txt | infernet chat", description: "Ask with what is piped in" },
    { command: 'infernet chat --dry-run "Hello"', description: "What it would cost at most" },
    { command: 'infernet chat --json "Hello" | jq .result.usage', description: "The whole job, for programs" }
  ])
)
