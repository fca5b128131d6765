/** Questions to the person at the terminal, one after the other; Ctrl-C ends the run before anything was written. */
import { Effect, type FileSystem, Layer, Option, type Path, type Terminal } from "effect"
import { Prompt } from "effect/cli"
import { quits } from "../terminal/ask.ts"
import { plain } from "../terminal/style.ts"
import { type Question, Questions, typed } from "./Questions.ts"

const asked = Effect.fnUntraced(function* <A>({ given, message, usual, value }: Question<A>) {
  if (Option.isSome(given)) return given.value
  // In brackets, as the prompt's own default would have to be deleted letter by letter.
  const hint = Option.match(usual, { onNone: () => "", onSome: (usual) => ` [${plain(typed(usual))}]` })
  const read = (text: string) => (text.trim() === "" ? usual : value.parse(text))
  const text = yield* Prompt.run(
    Prompt.String({
      message: message + hint,
      validate: (text) => (Option.isSome(read(text)) ? Effect.succeed(text) : Effect.fail(`expected ${value.expected}`))
    })
  ).pipe(Effect.catchTag("QuitError", () => quits))
  // Validated above, so it is one.
  return Option.getOrThrow(read(text))
})

export const layer = Layer.effect(
  Questions,
  Effect.map(Effect.context<FileSystem.FileSystem | Path.Path | Terminal.Terminal>(), (context) => ({
    ask: <A>(question: Question<A>) => Effect.provide(asked(question), context)
  }))
)
