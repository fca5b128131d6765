/** `@infernet/sdk/effect`: a client for Infernet as an Effect service, derived from the contract. */
export type { ApiError } from "@infernet/contract/ApiError"
export * from "@infernet/contract/ApiError"
export { JobId, NodeId } from "@infernet/contract/Id"
export type { ChatCompletion, ChatOptions } from "./effect/Chats.ts"
export type { Options } from "./effect/Client.ts"
export {
  type ChatFailure,
  type Failure,
  JobFailed,
  StreamCut,
  UnexpectedResponse,
  Unreachable
} from "./effect/errors.ts"
export { Infernet } from "./effect/Infernet.ts"
export type { JobQuery } from "./effect/Jobs.ts"
export type { ChatParams, SubmitOptions } from "./effect/submission.ts"
export type { ChatEvent } from "./wire.ts"
