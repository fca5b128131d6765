import { expect } from "bun:test"
import Anthropic from "@anthropic-ai/sdk"
import { it } from "@infernet/testing/harness"
import * as Network from "@infernet/testing/Network"
import { Effect } from "effect"
import { Ollama } from "ollama"
import OpenAI from "openai"
import { call } from "../http/client.ts"

/** What a page may send without asking. */
const safe = new Set(["accept", "accept-language", "content-language"])

const messages = [{ role: "user" as const, content: "hi" }]

/** Each SDK's way to send one chat with this `fetch`. */
const chats: ReadonlyArray<(baseURL: string, fetch: typeof globalThis.fetch) => Promise<unknown>> = [
  (baseURL, fetch) =>
    new Anthropic({ baseURL, fetch, apiKey: "k", maxRetries: 0, dangerouslyAllowBrowser: true }).beta.messages
      .stream({ model: "tiny", max_tokens: 9, messages, betas: ["new-2027-01-01"] })
      .finalMessage(),
  (baseURL, fetch) =>
    new OpenAI({
      baseURL: `${baseURL}/v1`,
      fetch,
      apiKey: "k",
      organization: "o",
      project: "p",
      maxRetries: 0,
      dangerouslyAllowBrowser: true
    }).chat.completions
      .stream({ model: "tiny", messages })
      .finalContent(),
  (host, fetch) => new Ollama({ host, fetch, headers: { authorization: "Bearer k" } }).chat({ model: "tiny", messages })
]

it.live("a page may send every header that the SDKs do", () =>
  Effect.gen(function* () {
    const plane = yield* Network.plane()
    const preflight = yield* call(plane, "/v1/messages", { method: "OPTIONS" })
    const allowed = new Set(preflight.headers.get("access-control-allow-headers")?.split(", "))
    for (const chat of chats) {
      let sent: ReadonlyArray<string> = []
      const spying = Object.assign(
        (input: string | URL | Request, init?: RequestInit) => {
          sent = [...new Headers(init?.headers).keys()]
          return fetch(input, init)
        },
        { preconnect: fetch.preconnect }
      )
      yield* Effect.promise(() => chat(plane.url, spying).catch(() => undefined))
      expect(sent).toContain("authorization")
      expect(sent.filter((name) => !safe.has(name) && !allowed.has(name))).toEqual([])
    }
  })
)
