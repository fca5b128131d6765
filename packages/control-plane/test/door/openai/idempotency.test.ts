import { expect } from "bun:test"
import * as Chats from "@infernet/testing/fakes/Chats"
import { Effect } from "effect"
import { ConflictError } from "openai"
import { ask, collect, hi, live, model, thrown, world } from "./world.ts"

const keyed = (key: string) => ({ headers: { "Idempotency-Key": key } })

live("OpenAI's client gets the same answers for the same key, streamed or whole, one or several", () =>
  Effect.gen(function* () {
    let tries = 0
    const { client } = yield* world({
      chat: (_request, emit) => {
        tries += 1
        void emit("text", `answer ${tries}`)
        return Effect.succeed({ finish_reason: "stop", usage: Chats.usage })
      }
    })
    const whole = (n: number, key: string) =>
      ask(() => client.chat.completions.create({ model, messages: hi, n }, keyed(key)))
    const streamed = (n: number, key: string) =>
      collect(() => client.chat.completions.create({ model, messages: hi, n, stream: true }, keyed(key)))

    const one = yield* whole(1, "a")
    expect(yield* whole(1, "a")).toEqual(one)
    const chunks = yield* streamed(1, "a")
    expect(chunks.map(({ choices }) => choices[0]?.delta.content ?? "").join("")).toBe("answer 1")
    expect(chunks[0]?.id).toBe(one.id)

    const two = yield* whole(2, "b")
    expect(tries).toBe(3)
    expect(yield* whole(2, "b")).toEqual(two)
    const said = ["", ""]
    for (const { choices } of yield* streamed(2, "b")) {
      for (const { delta, index } of choices) said[index] += delta.content ?? ""
    }
    expect(said).toEqual(two.choices.map(({ message }) => message.content ?? ""))

    for (const n of [1, 3]) {
      const asked = () => client.chat.completions.create({ model, messages: hi, n }, keyed("b"))
      expect(yield* thrown(asked)).toBeInstanceOf(ConflictError)
    }
    expect(tries).toBe(3)
  })
)
