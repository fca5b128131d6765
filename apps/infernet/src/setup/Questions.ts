/** What a setup wants to know: each question has a flag that answers it, and mostly an answer that is usual. */
import { Context, Effect, Layer, Option } from "effect"
import type { Value } from "../settings/values.ts"
import { Failure } from "../terminal/exit.ts"

export interface Question<A> {
  /** As it is typed: `--name`. */
  readonly flag: string
  readonly message: string
  readonly value: Value<A>
  /** What the flag said: then nobody is asked. */
  readonly given: Option.Option<A>
  /** What an empty answer means; none where there has to be one. */
  readonly usual: Option.Option<A>
}

/** The word by which something that may be left out is. */
export const nothing = "none"

/** The value or the word `none`. */
export const orNothing = <A>({ expected, parse }: Value<A>): Value<Option.Option<A>> => ({
  expected: `${expected}, or ${nothing}`,
  parse: (text) =>
    text.trim().toLowerCase() === nothing ? Option.some(Option.none()) : Option.map(parse(text), Option.some)
})

/** An answer as it would be typed. */
export const typed = (answer: unknown): string =>
  Option.isOption(answer) ? Option.match(answer, { onNone: () => nothing, onSome: String }) : String(answer)

export class Questions extends Context.Service<
  Questions,
  {
    /** Fails with the flag's name where there is nobody to ask and nothing usual. */
    readonly ask: <A>(question: Question<A>) => Effect.Effect<A, Failure>
  }
>()("infernet/setup/Questions") {
  /** Asks nobody: what was given, else what is usual. */
  static readonly layerSilent = Layer.succeed(Questions, {
    ask: ({ flag, given, message, usual }) =>
      Option.match(
        Option.orElse(given, () => usual),
        {
          onNone: () =>
            Effect.fail(new Failure({ message: `nobody is to be asked: give ${flag} (${message})`, code: 2 })),
          onSome: Effect.succeed
        }
      )
  })
}
