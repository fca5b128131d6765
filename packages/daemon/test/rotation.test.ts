import { describe, expect } from "bun:test"
import { Identity } from "@infernet/auth/Identity"
import { close, limits } from "@infernet/contract/Link"
import { Keyring } from "@infernet/daemon/node/Keyring"
import * as SecureRandom from "@infernet/testing/fakes/SecureRandom"
import { it } from "@infernet/testing/harness"
import { Context, Effect, Layer, PubSub, Stream } from "effect"
import { TestClock } from "effect/testing"
import { FakePlane } from "./FakePlane.ts"
import { attemptId, jobMessage, linkedNode, nextLink, say, welcome } from "./world.ts"

const newKey = Effect.map(
  Layer.build(Layer.fresh(Identity.layerRandom.pipe(Layer.provide(SecureRandom.layer)))),
  (context) => Context.get(context, Identity)
)

/** Keys that the test changes, and what the link said of them. */
const keys = Effect.gen(function* () {
  const hub = yield* PubSub.unbounded<void>()
  const first = { ...(yield* newKey), publicKey: "first" }
  const said: Array<string> = []
  let current = first
  const keyring = Keyring.of({
    id: first.id,
    current: () => current,
    accepted: (key) => Effect.sync(() => void said.push(`accepted ${key}`)),
    refused: (key) => {
      said.push(`refused ${key}`)
      current = { ...first, publicKey: "next" }
      return true
    },
    prepare: () => Effect.die(new Error("not asked for")),
    forgetOld: Effect.void,
    changes: Stream.fromPubSub(hub)
  })
  const change = Effect.suspend(() => {
    current = { ...first, publicKey: "next" }
    return PubSub.publish(hub, undefined)
  })
  return { change, said, keyring: Layer.succeed(Keyring, keyring) }
})

describe("a node whose key has changed", () => {
  it("opens a link of the new key beside the old one, which goes on until its attempts are taken over", () =>
    Effect.gen(function* () {
      const { change, keyring, said } = yield* keys
      const fake = new FakePlane()
      const { chat, events, jobs } = yield* linkedNode(fake, keyring)
      const old = fake.link
      yield* say(old, jobMessage(1))
      chat(0).emit("text", "a")
      yield* change
      yield* TestClock.adjust(0)
      expect([fake.links.length, old.closed]).toEqual([2, undefined])
      chat(0).emit("text", "b")
      yield* TestClock.adjust(2)
      expect(old.records.map(({ text }) => text)).toEqual(["a", "b"])
      expect(fake.link.said("hello")).toMatchObject([{ inflight: [{ attempt: attemptId(1) }] }])
      yield* say(fake.link, welcome([{ attempt: attemptId(1), binding: 7, after: 2 }]))
      old.cut(close.keyRotated, "the key was changed")
      chat(0).emit("text", "c")
      chat(0).finish()
      yield* TestClock.adjust(2)
      expect(fake.link.records.map(({ binding, seq, text }) => [binding, seq, text])).toEqual([[7, 3, "c"]])
      expect(fake.link.said("done")).toMatchObject([{ attempt: attemptId(1), seq: 3 }])
      expect([jobs.running(), chat(0).interrupted]).toEqual([0, false])
      yield* TestClock.adjust(limits.rotationMillis)
      // Nobody heard of a lost link, as none was.
      expect(events.map(({ type }) => type).filter((type) => type.startsWith("link"))).toEqual(["linked", "linked"])
      expect([fake.links.length, said]).toEqual([2, ["accepted first", "accepted next"]])
    }))

  it("gives up the old link after 5 s, also when nobody closes it", () =>
    Effect.gen(function* () {
      const { change, keyring } = yield* keys
      const fake = new FakePlane()
      yield* linkedNode(fake, keyring)
      const old = fake.link
      yield* change
      yield* TestClock.adjust(limits.rotationMillis - 1)
      yield* say(fake.link, welcome())
      expect(old.closed).toBeUndefined()
      yield* TestClock.adjust(1)
      expect([old.closed?.code, fake.link.closed]).toEqual([1001, undefined])
    }))

  it("and that has missed it, as the answer was lost, tries the other key when its link is closed or does not open", () =>
    Effect.gen(function* () {
      const { keyring, said } = yield* keys
      const fake = new FakePlane()
      yield* linkedNode(fake, keyring)
      fake.link.cut(close.keyRotated, "the key was changed")
      yield* say(yield* nextLink(fake), welcome())
      expect(said).toEqual(["accepted first", "refused first", "accepted next"])
      fake.away = true
      fake.link.cut()
      yield* TestClock.adjust("1 second")
      expect(said.at(-1)).toBe("refused next")
    }))
})
