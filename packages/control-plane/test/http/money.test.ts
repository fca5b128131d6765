import { describe, expect } from "bun:test"
import { AccountId } from "@infernet/contract/Id"
import { Ledger } from "@infernet/control-plane/ledger/Ledger"
import { paymentsOff } from "@infernet/control-plane/Payments"
import { noLimits, type Settings } from "@infernet/control-plane/Settings"
import { parseAsks } from "@infernet/payment/price/ask"
import * as Chats from "@infernet/testing/fakes/Chats"
import { it } from "@infernet/testing/harness"
import * as Network from "@infernet/testing/Network"
import { Context, Deferred, Effect, SubscriptionRef } from "effect"
import { call, chat, jsonOf } from "./client.ts"

const model = "qwen2.5-7b-instruct"
const charging: Partial<Settings["Service"]> = { payments: { ...paymentsOff, mode: "ledger" } }

const models = SubscriptionRef.make<ReadonlyArray<string>>([model])

/** A network that charges, a node that asks 60 % and answers once it may, and a client with so many micro-USDC. */
const network = Effect.fnUntraced(function* (micros: bigint, settings = charging) {
  const plane = yield* Network.plane(settings)
  const { id, key } = yield* Network.account(plane)
  const may = yield* Deferred.make<void>()
  const script = {
    chat: () => Effect.as(Deferred.await(may), { finish_reason: "stop" as const, usage: Chats.usage }),
    models: yield* models
  }
  yield* Network.node(plane, script, parseAsks("60%"))
  const ledger = Context.get(plane.services, Ledger)
  if (micros > 0n) yield* ledger.deposit({ account: AccountId.make(id), amount: micros, reference: "test" })
  const ask = (path: string, json?: unknown, headers?: Record<string, string>) =>
    Effect.map(
      call(plane, path, { key, ...(json !== undefined && { json }), ...(headers && { headers }) }),
      (answer) => ({ status: answer.status, headers: answer.headers, text: answer.text })
    )
  const balance = Effect.map(ask("/api/v1/account"), (answer) => jsonOf(answer).balance)
  return { plane, ask, balance, may, id }
})

const job = { ...chat(), model, max_tokens: 1_000, stream: undefined }

describe("money at the API", () => {
  it.live("is told before a job, held while it runs, and charged by the node's own price", () =>
    Effect.gen(function* () {
      const { ask, balance, may } = yield* network(10_000n)
      const quote = jsonOf(yield* ask("/api/v1/quotes", job))
      expect(quote).toMatchObject({
        model,
        payments: "ledger",
        price: { input_micros_per_1k: 500, output_micros_per_1k: 2_000 },
        lowest_price: { input_micros_per_1k: 300, output_micros_per_1k: 1_200 },
        max_tokens: 1_000,
        nodes: 1
      })
      // Nothing was held for it.
      const none = { available_micros: 10_000, held_micros: 0, credit_micros: 0, credit_held_micros: 0 }
      expect(yield* balance).toEqual(none)
      const ceiling = quote.ceiling_micros
      expect(ceiling).toBe(2_000 + Math.ceil((quote.prompt_tokens * 500) / 1_000))

      const { id } = jsonOf(yield* ask("/api/v1/jobs", job))
      expect(yield* balance).toEqual({ ...none, available_micros: 10_000 - ceiling, held_micros: ceiling })
      yield* Deferred.succeed(may, undefined)
      yield* ask(`/api/v1/jobs/${id}/stream`)
      const done = jsonOf(yield* ask(`/api/v1/jobs/${id}`))
      expect(done.status).toBe("completed")
      expect(done.cost_micros).toBeGreaterThan(0)
      expect(done.cost_micros).toBeLessThan(ceiling)
      expect(yield* balance).toEqual({ ...none, available_micros: 10_000 - done.cost_micros })

      const { entries, next_cursor } = jsonOf(yield* ask("/api/v1/ledger"))
      expect(next_cursor).toBeNull()
      const facts = entries.map((entry: Record<string, unknown>) => [
        entry["kind"],
        entry["amount_micros"],
        entry["job_id"]
      ])
      expect(facts).toEqual([
        ["release", 0, id],
        ["settle", -done.cost_micros, id],
        ["hold", 0, id],
        ["deposit", 10_000, null]
      ])
      const page = jsonOf(yield* ask("/api/v1/ledger?limit=3"))
      expect(jsonOf(yield* ask(`/api/v1/ledger?limit=3&cursor=${page.next_cursor}`)).entries).toEqual([entries[3]])
      const { total } = jsonOf(yield* ask("/api/v1/usage"))
      expect(total.cost_micros).toBe(done.cost_micros)
    })
  )

  it.live("goes out as a file that a spreadsheet takes for what it is", () =>
    Effect.gen(function* () {
      const { ask, id, plane } = yield* network(0n)
      const ledger = Context.get(plane.services, Ledger)
      const note = '=HYPERLINK("http://x","y")'
      yield* ledger.deposit({ account: AccountId.make(id), amount: 1_250_001n, reference: "a,b", note })
      for (const answer of [
        yield* ask("/api/v1/ledger?format=csv"),
        yield* ask("/api/v1/ledger", undefined, { accept: "text/csv" })
      ]) {
        expect(answer.headers.get("content-type")).toStartWith("text/csv")
        expect(answer.headers.get("content-disposition")).toContain("attachment")
        const [head, line, end] = answer.text.split("\r\n")
        expect([head?.split(",").length, end]).toEqual([11, ""])
        expect(line).toEndWith(',deposit,,"a,b","\'=HYPERLINK(""http://x"",""y"")",1.250001,1.250001,0,0,0')
      }
    })
  )

  it.live("that does not cover a job is told with 402 at every door, and the job is not begun", () =>
    Effect.gen(function* () {
      const { ask, balance } = yield* network(2_000n)
      const refused = yield* ask("/api/v1/jobs", job)
      expect([refused.status, jsonOf(refused).error]).toEqual([402, "insufficient_funds"])
      expect(jsonOf(refused).error_message).toMatch(/up to 0\.002\d* USDC, and 0\.002 USDC is available/)
      const messages = job.messages
      const openai = yield* ask("/v1/chat/completions", { model, messages, max_tokens: 1_000 })
      expect([openai.status, jsonOf(openai).error.code]).toEqual([402, "insufficient_funds"])
      const anthropic = yield* ask("/v1/messages", { model, messages, max_tokens: 1_000 })
      expect([anthropic.status, jsonOf(anthropic).error.type]).toEqual([402, "billing_error"])
      expect((yield* ask("/api/chat", { model, messages, options: { num_predict: 1_000 } })).status).toBe(402)
      expect(jsonOf(yield* ask("/api/v1/jobs")).jobs).toEqual([])
      expect(yield* balance).toMatchObject({ available_micros: 2_000, held_micros: 0 })
    })
  )

  it.live("is kept under a client's own limits: a price, and a day", () =>
    Effect.gen(function* () {
      const { ask, may } = yield* network(1_000_000n)
      const paying = (micros: number) => ask("/api/v1/quotes", { ...job, max_price_micros_per_1k: micros })
      expect(jsonOf(yield* paying(1_200)).price.output_micros_per_1k).toBe(1_200)
      const dear = yield* paying(1_199)
      expect([dear.status, jsonOf(dear).field]).toEqual([400, "max_price_micros_per_1k"])
      expect(jsonOf(dear).error_message).toContain("the lowest is 1200 micro-USDC")
      const { messages } = job
      const capped = { "x-infernet-max-price": "1199" }
      expect((yield* ask("/v1/chat/completions", { model, messages }, capped)).status).toBe(400)
      expect((yield* ask("/v1/messages", { model, messages, max_tokens: 9 }, capped)).status).toBe(400)
      expect((yield* ask("/api/chat", { model, messages }, capped)).status).toBe(400)
      expect((yield* ask("/v1/responses", { model, input: "hi" }, capped)).status).toBe(400)
      const unreadable = yield* ask("/v1/chat/completions", { model, messages }, { "x-infernet-max-price": "cheap" })
      expect(jsonOf(unreadable).error.message).toContain("micro-USDC")

      const { ceiling_micros } = jsonOf(yield* ask("/api/v1/quotes", job))
      const made = jsonOf(yield* ask("/api/v1/keys", { name: "k", limits: { micros_per_day: 2 * ceiling_micros } }))
      expect(made.limits.micros_per_day).toBe(2 * ceiling_micros)
      const withKey = { authorization: `Bearer ${made.key}` }
      const four = yield* Effect.forEach([1, 2, 3, 4], () => ask("/api/v1/jobs", job, withKey), { concurrency: 4 })
      expect(four.map(({ status }) => status).toSorted()).toEqual([202, 202, 402, 402])
      const refused = four.find(({ status }) => status === 402)
      expect(refused && jsonOf(refused).error_message).toMatch(
        /^this key may spend .* the day ends at \d{4}-.*T00:00:00/
      )
      yield* Deferred.succeed(may, undefined)
      for (const { status, text } of four) if (status === 202) yield* ask(`/api/v1/jobs/${JSON.parse(text).id}/stream`)
      expect((yield* ask("/api/v1/jobs", job, withKey)).status).toBe(202)
    })
  )

  it.live("is not asked for where payments are off", () =>
    Effect.gen(function* () {
      const { ask, may } = yield* network(0n, { limits: noLimits })
      yield* Deferred.succeed(may, undefined)
      const zero = { input_micros_per_1k: 0, output_micros_per_1k: 0 }
      expect(jsonOf(yield* ask("/api/v1/models")).models).toMatchObject([{ price: zero, lowest_price: zero }])
      expect(jsonOf(yield* ask("/api/v1/quotes", job))).toMatchObject({
        payments: "off",
        ceiling_micros: 0,
        price: zero
      })
      expect(jsonOf(yield* ask("/api/v1/account"))).toMatchObject({ payments: "off", balance: null })
      expect((yield* ask("/v1/chat/completions", { model, messages: job.messages })).status).toBe(200)
    })
  )
})
