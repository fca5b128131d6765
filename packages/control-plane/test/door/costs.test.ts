import { expect } from "bun:test"
import type { CreateResponse } from "@infernet/contract/Responses"
import { messagesOf } from "@infernet/control-plane/door/ollama/messages"
import { toolInput } from "@infernet/control-plane/door/toolInput"
import { nativeDialect } from "@infernet/control-plane/http/nativeDialect"
import { resolve } from "@infernet/control-plane/door/openai/responses/references"
import { chatRequest } from "@infernet/control-plane/door/openai/responses/request"
import { AccountId, JobId } from "@infernet/contract/Id"
import type { StoredJob } from "@infernet/control-plane/job/JobStore"
import { it } from "@infernet/testing/harness"
import { DateTime, Effect, Result } from "effect"

const name = (i: number) => ({ type: "function" as const, name: `f${i}` })

// Each of these held the whole process for minutes, or took gigabytes of it, with a body that is no larger than it may be.

it("As many tool calls and answers as a body of Ollama's can hold are told apart in one go", () =>
  Effect.sync(() => {
    const calls = Array.from({ length: 300_000 }, () => ({ function: { name: "a", arguments: {} } }))
    const answers = Array.from({ length: 4_000 }, () => ({ role: "tool" as const, content: "" }))
    const last = messagesOf([{ role: "assistant", tool_calls: calls }, ...answers]).at(-1)
    expect(last).toMatchObject({ tool_call_id: "call_0_3999" })
  }))

it("As many allowed tools as a body can hold are looked up in one go", () =>
  Effect.sync(() => {
    const body: CreateResponse = {
      model: "m",
      input: "hi",
      tools: Array.from({ length: 1_024 }, (_, i) => name(i)),
      tool_choice: {
        type: "allowed_tools",
        mode: "auto",
        tools: Array.from({ length: 1_000_000 }, (_, i) => name(1_023 + i))
      }
    }
    const { tools } = Result.getOrThrow(chatRequest(body, "hi", 4_096))
    expect(tools?.map((tool) => tool.function.name)).toEqual(["f1023"])
  }))

const mebibyte = 1 << 20
const ids = Array.from({ length: 21 }, (_, i) => JobId.make(`job_${String(i).padStart(20, "0")}`))
const usage = { prompt_tokens: 1, completion_tokens: 1, total_tokens: 2 }
const now = DateTime.makeUnsafe(0)
const long = (id: JobId): StoredJob => ({
  id,
  accountId: AccountId.make("acc_0000000000000000000a"),
  requestHash: "",
  kind: "chat",
  model: "m",
  metadata: null,
  status: "completed",
  nodeId: null,
  result: { content: "a".repeat(mebibyte), finish_reason: "stop", usage },
  usage,
  costMicros: 0n,
  quote: null,
  source: null,
  error: null,
  errorMessage: null,
  createdAt: now,
  firstTokenAt: now,
  completedAt: now,
  attempts: []
})
const references = (jobs: ReadonlyArray<JobId>) =>
  jobs.map((id) => ({ type: "item_reference" as const, id: `msg_${id.slice("job_".length)}_0` }))

it("Items that are only referred to come to no more than a body may hold, by whatever number of references", () =>
  Effect.gen(function* () {
    let read = 0
    const find = (id: JobId) =>
      Effect.sync(() => {
        read += 1
        return long(id)
      })
    const [first] = ids
    if (first === undefined) throw new Error("no job")
    expect(yield* resolve(references(ids.slice(0, 19)), find)).toHaveLength(19)
    const thousandTimes = yield* Effect.flip(resolve(references(Array.from({ length: 1_000 }, () => first)), find))
    expect(thousandTimes).toMatchObject({ _tag: "BadRequest", field: "input" })
    read = 0
    const many = yield* Effect.flip(resolve(references([...ids, ...ids]), find))
    expect([many._tag, read]).toEqual(["BadRequest", 20])
  }))

it("What a node nests by the thousand is gone through by no door", () =>
  Effect.sync(() => {
    const deep = "[".repeat(60_000) + "]".repeat(60_000)
    const text = `{"index":0,"id":"a","name":"f","arguments":"{}","more":${deep}}`
    expect(nativeDialect.entry({ kind: "tool_call", text }, 1)).toBe(
      'id: 1\ndata: {"tool_call":{"index":0,"id":"a","name":"f","arguments":"{}"}}\n\n'
    )
    const args = `{"a":${deep}}`
    expect(JSON.stringify(toolInput(args))).toBe(`{"INVALID_JSON":${JSON.stringify(args)}}`)
  }))
