/** Bringing a model onto this machine: from where, how far, and what may go wrong. */
import type { CommandError, CommandProgress } from "@infernet/contract/Command"
import { Data } from "effect"

export type ModelSource =
  /** By its name in the backend's own library, such as Ollama's. */
  | { readonly _tag: "Library"; readonly name: string }
  /** One GGUF file of a Hugging Face repository (`org/name`). */
  | {
      readonly _tag: "HuggingFace"
      readonly repository: string
      readonly file: string
      readonly sha256: string | undefined
    }
  /** Only from the machine's own operator: a node fetches no address that somebody else chose. */
  | { readonly _tag: "Url"; readonly url: string; readonly sha256: string | undefined }
  | { readonly _tag: "Path"; readonly path: string }

/** Called as often as there is news; whoever shows it limits the rate. */
export type OnProgress = (progress: CommandProgress) => void

/** A model that was not installed or not removed. Nothing half-done is left in the way of the next try. */
export class InstallError extends Data.TaggedError("InstallError")<{
  readonly reason: CommandError
  /** For a person: what was wrong and what to do, without terminal codes or paths of the operator's. */
  readonly message: string
}> {}
