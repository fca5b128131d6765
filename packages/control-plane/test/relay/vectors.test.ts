import { describe, expect } from "bun:test"
import * as Vectors from "@infernet/contract/Vectors"
import { vectorsIn } from "@infernet/control-plane/job/vectors"
import { it } from "@infernet/testing/harness"
import { Effect, Option } from "effect"
import { settle, submission, world } from "../world.ts"

const request = { model: "m", input: ["one", "two"] }
const vectors = [
  [1, 2],
  [3, 4]
]
/** Each in a record of its own. */
const records = vectors.flatMap((vector) => Vectors.encode([vector]))

describe("a job of embeddings", () => {
  it("that is lost in the middle of its vectors begins anew at another node, and has those of that one only", () =>
    Effect.gen(function* () {
      const { connect, credits, submit } = yield* world()
      const first = connect(1).hello()
      const job = yield* submit({ request })
      const second = connect(2).hello()
      first.produce(records.slice(0, 1), 1, first.attempt, "embedding")
      expect(job.log.length).toBe(0)
      first.fail(1)
      yield* settle
      second.produce(records, 1, second.attempt, "embedding")
      second.done(2)
      yield* settle
      expect(job.log.end?._tag).toBe("Completed")
      const answer = vectorsIn(job.log, 2)
      if (typeof answer === "string") throw new Error(answer)
      expect(answer.map((vector) => [...vector])).toEqual(vectors)
      expect(credits()).toEqual([0, 0, 0, 0])
    }))

  it("goes to another node where one says that it is done and has sent less than a vector a text", () =>
    Effect.gen(function* () {
      const { connect, submit } = yield* world()
      const first = connect(1).hello()
      const job = yield* submit({ request })
      const second = connect(2).hello()
      first.produce(Vectors.encode([[1, 2, 3]]), 1, first.attempt, "embedding")
      first.done(1)
      yield* settle
      second.produce(records, 1, second.attempt, "embedding")
      second.done(2)
      yield* settle
      expect(job.log.end?._tag).toBe("Completed")
    }))

  it("keeps its vectors for a key that may ask for them again, and stores none for nobody", () =>
    Effect.gen(function* () {
      const { connect, store, submit } = yield* world()
      const node = connect(1).hello()
      for (const [idempotencyKey, kept] of [
        ["key", 2],
        [undefined, undefined]
      ] as const) {
        const job = yield* submit({ request, idempotencyKey })
        node.produce(records, 1, node.attempt, "embedding")
        node.done(2)
        yield* settle
        expect(Option.getOrUndefined(yield* store.log(job.id))?.length).toBe(kept)
        const { kind, result } = Option.getOrThrow(yield* store.find(job.id))
        expect([kind, JSON.stringify(result).includes(records[0] ?? "")]).toEqual(["embedding", false])
      }
    }))

  it("costs its node the link where that sends text in their place, or vectors to a chat", () =>
    Effect.gen(function* () {
      for (const [part, kind] of [
        [{ request }, "text"],
        [submission(), "embedding"]
      ] as const) {
        const { connect, submit } = yield* world()
        const node = connect(1).hello()
        yield* submit(part)
        node.produce(records, 1, node.attempt, kind)
        expect(node.closed).toMatchObject({ code: 1008, reason: expect.stringContaining(`${kind} was not asked for`) })
      }
    }))
})
