/** The local chain cannot run, or is not what it was: the message says what stands in the way and what to do. */
import { Data } from "effect"

export class LocalChainError extends Data.TaggedError("LocalChainError")<{ readonly message: string }> {}
