/** A request that the engine's process refuses or could not go on with, in the words of the contract. */
import type { AttemptFault } from "@infernet/contract/Link"

export class Refusal extends Error {
  readonly fault: AttemptFault
  constructor(fault: AttemptFault, message: string) {
    super(message)
    this.fault = fault
  }
}

export const tooLong = (tokens: number, contextLength: number): Refusal =>
  new Refusal("context_exceeded", `The prompt has ${tokens} tokens; the context holds ${contextLength}.`)
