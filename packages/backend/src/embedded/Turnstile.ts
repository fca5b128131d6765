/**
 * Lets one sequence of a context be rewound while others generate.
 *
 * node-llama-cpp rewinds under its context's lock, and its decode loop holds that lock for as long as any decode is
 * queued: two sequences that take turns would make a third wait until both are done. So generation pauses for the moment
 * that a rewind takes; the pause also brings the sequences back into step, which is what lets them share a batch.
 */
import type { LlamaContextSequence, Token } from "node-llama-cpp"

export interface Turnstile {
  /** From now on the sequence asks before each token. */
  readonly guard: (sequence: LlamaContextSequence) => void
  /** Cuts the sequence back to the part it shares with these tokens; gives that part's length. */
  readonly rewind: (sequence: LlamaContextSequence, tokens: ReadonlyArray<Token>) => Promise<number>
}

export const make = (): Turnstile => {
  let rewinding = 0
  let opened = Promise.withResolvers<void>()

  return {
    guard: (sequence) => {
      const evaluate = sequence.evaluate.bind(sequence)
      sequence.evaluate = async function* (tokens, options) {
        const generation = evaluate(tokens, options)
        try {
          let given: Token | Array<Token> | void = undefined
          while (true) {
            if (rewinding > 0) await opened.promise
            const { done, value } = await generation.next(given)
            if (done) return
            given = yield value
          }
        } finally {
          await generation.return()
        }
      }
    },
    rewind: async (sequence, tokens) => {
      if (rewinding === 0) opened = Promise.withResolvers()
      rewinding += 1
      try {
        // All but the last token: generation needs one to begin with.
        await sequence.adaptStateToTokens(tokens.slice(0, -1), false)
        return sequence.nextTokenIndex
      } finally {
        rewinding -= 1
        if (rewinding === 0) opened.resolve()
      }
    }
  }
}
