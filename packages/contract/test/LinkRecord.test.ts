/** The link's output records: any records survive the wire, and no bytes that are not records are taken for some. */
import { expect } from "bun:test"
import { Arbitrary, Effect, Equal, Schema } from "effect"
import { decode, encode, headerBytes, kinds, type LinkRecord } from "@infernet/contract/LinkRecord"
import { it } from "@infernet/testing/harness"

const u32 = Schema.Int.check(Schema.isBetween({ minimum: 0, maximum: 0xffff_ffff }))
const Records = Schema.Array(
  Schema.Struct({ binding: u32, seq: u32, kind: Schema.Literals(kinds), text: Schema.String })
).check(Schema.isMaxLength(20))

/** What UTF-8 can carry: a lone surrogate arrives as the replacement character. */
const wellFormed = (records: ReadonlyArray<LinkRecord>) =>
  records.map((record) => ({ ...record, text: record.text.toWellFormed() }))

const arrives = (records: ReadonlyArray<LinkRecord>) => Equal.equals(decode(encode(records)), wellFormed(records))

it("brings any records over the wire as they were", () =>
  Effect.gen(function* () {
    const result = yield* Arbitrary.checkEffect(Arbitrary.schema(Records), arrives, { seed: "link records" })
    expect(Arbitrary.formatCheckFailure(result)).toBeUndefined()
  }))

it("takes records out of the middle of a larger buffer", () =>
  Effect.sync(() => {
    const records: ReadonlyArray<LinkRecord> = [{ binding: 7, seq: 1, kind: "text", text: "Grüße 🦊" }]
    const frame = encode(records)
    const buffer = new Uint8Array(frame.length + 10).fill(0xff)
    buffer.set(frame, 5)
    expect(decode(buffer.subarray(5, 5 + frame.length))).toEqual(records)
  }))

it("keeps a byte order mark, also at the beginning", () =>
  Effect.sync(() => {
    expect(arrives([{ binding: 1, seq: 1, kind: "text", text: "\ufeffa\ufeff" }])).toBe(true)
  }))

it("says what is wrong with a frame cut anywhere", () =>
  Effect.sync(() => {
    const frame = encode([
      { binding: 1, seq: 1, kind: "text", text: "hello" },
      { binding: 2, seq: 9, kind: "reasoning", text: "hm" }
    ])
    const whole = new Set([0, headerBytes + 5, frame.length])
    for (let length = 0; length <= frame.length; length++) {
      const result = decode(frame.subarray(0, length))
      expect(typeof result === "string").toBe(!whole.has(length))
    }
  }))

it("refuses an unknown kind, text that is not UTF-8, and a length beyond the frame", () =>
  Effect.sync(() => {
    const frame = encode([{ binding: 1, seq: 1, kind: "text", text: "abc" }])
    const changed = (offset: number, byte: number) => {
      const copy = frame.slice()
      copy[offset] = byte
      return decode(copy)
    }
    expect(changed(8, 200)).toBe("unknown record kind 200")
    expect(changed(headerBytes, 0xff)).toBe("record body is not UTF-8")
    expect(changed(9, 0xff)).toBe("record body cut short")
  }))
