/** `@infernet/sdk`: a client for Infernet over plain `fetch`, without a dependency. */
export { type ChatCompletion, ChatStream } from "./ChatStream.ts"
export * from "./errors.ts"
export { type Chat, Infernet, type Models } from "./Infernet.ts"
export { Jobs } from "./Jobs.ts"
export type { CallOptions, InfernetOptions, SubmitOptions, Time } from "./options.ts"
export type * from "./wire.ts"
