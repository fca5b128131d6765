/** `@infernet/sdk/manage`: what people do with a network besides asking it, over plain `fetch`. */
export * from "./errors.ts"
export { Management } from "./manage/Management.ts"
export { Session, type SessionOptions } from "./manage/Session.ts"
export type * from "./manage/wire.ts"
