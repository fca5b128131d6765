/** Credit as a real daemon spends it and as the control plane counts it. */
import { describe, expect, test } from "bun:test"
import { AttemptId } from "@infernet/contract/Id"
import { limits } from "@infernet/contract/Link"
import { encode, headerBytes, type LinkRecord } from "@infernet/contract/LinkRecord"
import { Outbox } from "@infernet/daemon/job/Outbox"
import { JobLog } from "@infernet/control-plane/job/JobLog"
import { Link } from "@infernet/control-plane/relay/Link"
import { RelayAttempt } from "@infernet/control-plane/relay/RelayAttempt"
import { nodeId, submission } from "../world.ts"

const id = AttemptId.make(`att_${"0".repeat(20)}`)
const instance = "a".repeat(32)
const hooks = { hello: () => undefined, message: () => undefined, closed: () => undefined }

/** An attempt, and links to bind it to, whose credits arrive when the test says so. */
const world = () => {
  const attempt = new RelayAttempt({
    attempt: id,
    node: nodeId(1),
    request: submission().request,
    log: new JobLog(),
    onFirstContent: () => undefined
  })
  const connect = () => {
    const credits: Array<number> = []
    let reason: string | undefined
    const sendText = (text: string) => {
      for (const message of JSON.parse(text)) if (message.type === "credit") credits.push(message.seq)
    }
    const link = new Link(nodeId(1), { sendText, close: (_, why) => (reason = why) }, hooks, () => 0)
    link.instance = instance
    return { link, credits, binding: link.bind(attempt, 0), reason: () => reason }
  }
  return { attempt, connect }
}

/** Mulberry32: enough to choose sizes and moments, the same ones for a seed. */
const random = (seed: number) => () => {
  seed = (seed + 0x6d2b79f5) | 0
  let t = Math.imul(seed ^ (seed >>> 15), 1 | seed)
  t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t
  return ((t ^ (t >>> 14)) >>> 0) / 2 ** 32
}

const sizes = [0, 1, 20, 3_000, limits.creditBytes / 4, limits.creditBytes / 2, limits.creditBytes - headerBytes]

describe("credit", () => {
  for (let seed = 1; seed <= 20; seed++) {
    test(`never cuts an honest node off, whenever credits and links come and go (seed ${seed})`, () => {
      const next = random(seed)
      const outbox = new Outbox()
      const { attempt, connect } = world()
      let wire = connect()
      let produced = ""
      const pump = () => {
        const records: Array<LinkRecord> = []
        let bytes = 0
        const flush = () => {
          if (records.length > 0) wire.link.onMessage(encode(records.splice(0)))
          bytes = 0
        }
        for (let output = outbox.take(); output !== undefined; output = outbox.take()) {
          if (bytes + output.bytes > limits.frameBytes || next() < 0.3) flush()
          records.push({ binding: wire.binding, seq: output.seq, kind: output.kind, text: output.text })
          bytes += output.bytes
        }
        flush()
      }
      for (;;) {
        const text = "é".repeat((sizes[Math.floor(next() * sizes.length)] ?? 0) / 2)
        if (!outbox.append("text", text)) break
        produced += text
        if (next() < 0.1) {
          wire = connect()
          outbox.rewind(attempt.seq)
        }
        pump()
        while (wire.credits.length > 0 && (outbox.outOfCredit || next() < 0.5)) outbox.credit(wire.credits.shift() ?? 0)
        expect(wire.reason()).toBeUndefined()
      }
      for (pump(); !outbox.allSent; pump()) {
        const seq = wire.credits.shift()
        if (seq === undefined) throw new Error(`seed ${seed}: both sides wait for each other`)
        outbox.credit(seq)
      }
      expect(wire.reason()).toBeUndefined()
      expect(attempt.seq).toBe(outbox.last)
    })
  }

  test("is used up by what was seen before, and by what comes after the end", () => {
    for (const spoil of [() => undefined, (attempt: RelayAttempt) => attempt.end({ _tag: "Lost" })]) {
      const { attempt, connect } = world()
      const { binding, credits, link, reason } = connect()
      const text = "x".repeat(limits.creditBytes / 4)
      link.onMessage(encode([{ binding, seq: 1, kind: "text", text }]))
      spoil(attempt)
      for (let i = 0; i < 2; i++) link.onMessage(encode([{ binding, seq: 1, kind: "text", text }]))
      expect([credits, reason()]).toEqual([[], undefined])
      link.onMessage(encode([{ binding, seq: 1, kind: "text", text }]))
      expect(reason()).toBe(
        `attempt ${id}: sent ${4 * (text.length + headerBytes)} bytes since its last credit, 262144 are allowed`
      )
    }
  })
})
