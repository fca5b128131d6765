/** What a backend cannot do is refused here, by name, before anything is sent to it. */
import type { ChatRequest } from "@infernet/contract/Chat"
import type { CompletionRequest } from "@infernet/contract/Completion"
import { Effect } from "effect"
import type { Ability } from "./Ability.ts"
import { type Backend, BackendError } from "./Backend.ts"
import { lacking } from "./Parameter.ts"

const refuse = (message: string) => Effect.fail(new BackendError({ fault: "unsupported", message }))

export const accepts = (
  backend: Backend,
  request: ChatRequest | CompletionRequest
): Effect.Effect<void, BackendError> => {
  const field = lacking(backend.lacks, request)
  if (field === undefined) return Effect.void
  return refuse(`"${field}" is not supported for "${request.model}": ${backend.lacks.get(field) ?? ""}`)
}

export const able = <A>(ability: Ability<A>): Effect.Effect<A, BackendError> =>
  ability.can ? Effect.succeed(ability.run) : refuse(ability.why)
