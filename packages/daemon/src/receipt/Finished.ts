/** Attempts that have ended, as this node counted them: what their bills are held against, until those have come. */
import type { AttemptId, JobId } from "@infernet/contract/Id"
import type { Price } from "@infernet/contract/Price"
import type { Hash } from "@infernet/contract/Receipt"

export interface FinishedAttempt {
  readonly job: JobId
  readonly requestHash: Hash
  /** Of all that it produced. */
  readonly responseHash: Hash
  /** UTF-8, of what the model was given to read and of what it wrote. */
  readonly promptBytes: number
  readonly responseBytes: number
  readonly maxTokens: number
  /** As it was told to the control plane; nothing where nothing was. */
  readonly tokens: { readonly prompt: number; readonly completion: number } | undefined
  /** What the operator asks for the model, and no less than that is right; `undefined`: the list price, whatever it is. */
  readonly price: Price | undefined
  /** Whether the control plane may have let go of it before its end: then not all that was produced has to be billed. */
  readonly isCut: boolean
}

/** More than a control plane leaves without a bill: failed ones have none. */
const remembered = 4_096

export class Finished {
  readonly #attempts = new Map<AttemptId, FinishedAttempt>()

  note(id: AttemptId, attempt: FinishedAttempt): void {
    this.#attempts.set(id, attempt)
    const oldest = this.#attempts.size > remembered ? this.#attempts.keys().next().value : undefined
    if (oldest !== undefined) this.#attempts.delete(oldest)
  }

  /** The control plane does not want it any more, though it has ended. */
  cut(id: AttemptId): void {
    const attempt = this.#attempts.get(id)
    if (attempt !== undefined) this.#attempts.set(id, { ...attempt, isCut: true })
  }

  get(id: AttemptId): FinishedAttempt | undefined {
    return this.#attempts.get(id)
  }

  /** Its bill was answered. */
  drop(id: AttemptId): void {
    this.#attempts.delete(id)
  }
}
