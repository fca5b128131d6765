import { expect, test } from "bun:test"
import type * as Api from "@infernet/contract/api/Jobs"
import type { ModelView } from "@infernet/contract/api/Network"
import type * as Chat from "@infernet/contract/Chat"
import type * as ContractJob from "@infernet/contract/Job"
import type { QuoteView } from "@infernet/contract/Quote"
import type * as Wire from "../src/wire.ts"

/** All that a type is, without its names: for the comparison of two. */
type Plain<A> = A extends string | number | boolean | null | undefined
  ? A
  : A extends ReadonlyArray<infer B>
    ? ReadonlyArray<Plain<B>>
    : { [K in keyof A]: Plain<A[K]> }

type Same<A, B> =
  (<T>() => T extends Plain<A> ? 1 : 2) extends <T>() => T extends Plain<B> ? 1 : 2 ? true : { wire: A; contract: B }

type Drop<A, K extends PropertyKey> = { readonly [P in keyof A as P extends K ? never : P]: A[P] }

/** JSON schemas are any JSON: recursive, so compared by what may be given. */
type JsonSchema<A> = A extends { readonly parameters?: unknown } ? Drop<A, "parameters"> : A
type Tool<A extends { readonly function: unknown }> = Drop<A, "function"> & { function: JsonSchema<A["function"]> }

type ErrorEvent = Extract<typeof Api.JobEvent.Encoded, { readonly error: string }>
type SubmitJob = typeof ContractJob.SubmitJob.Encoded
type Recursive = "tools" | "response_format"

/** `never` fields say in TypeScript that one excludes the other; on the wire they are not there. */
type Fields<A> = A extends unknown ? { [K in keyof A as A[K] extends undefined ? never : K]: A[K] } : never

const same: {
  readonly chatParams: Same<Drop<Wire.ChatParams, Recursive>, Drop<SubmitJob, Recursive | "stream">>
  readonly tool: Same<Tool<Wire.Tool>, Tool<typeof Chat.Tool.Encoded>>
  readonly message: Same<Wire.Message, typeof Chat.Message.Encoded>
  readonly toolChoice: Same<Wire.ToolChoice, typeof Chat.ToolChoice.Encoded>
  readonly job: Same<Wire.Job, typeof ContractJob.JobView.Encoded>
  readonly accepted: Same<Wire.JobAccepted, typeof ContractJob.JobAccepted.Encoded>
  readonly page: Same<Wire.JobPage, typeof Api.JobPage.Encoded>
  readonly model: Same<Wire.Model, typeof ModelView.Encoded>
  readonly quote: Same<Wire.Quote, typeof QuoteView.Encoded>
  readonly event: Same<Fields<Wire.ChatEvent>, Exclude<typeof Api.JobEvent.Encoded, ErrorEvent>>
} = {
  chatParams: true,
  tool: true,
  message: true,
  toolChoice: true,
  job: true,
  accepted: true,
  page: true,
  model: true,
  quote: true,
  event: true
}

/** Both ways, where a type is recursive. */
const formats: ReadonlyArray<typeof Chat.ResponseFormat.Encoded> = new Array<Wire.ResponseFormat>()
const wireFormats: ReadonlyArray<Wire.ResponseFormat> = new Array<typeof Chat.ResponseFormat.Encoded>()
const tools: ReadonlyArray<typeof Chat.Tool.Encoded> = new Array<Wire.Tool>()
const wireTools: ReadonlyArray<Wire.Tool> = new Array<typeof Chat.Tool.Encoded>()

test("the plain types are the contract's, which the type checker has found", () => {
  expect(Object.values(same)).not.toContain(false)
  expect([...formats, ...wireFormats, ...tools, ...wireTools]).toEqual([])
})
