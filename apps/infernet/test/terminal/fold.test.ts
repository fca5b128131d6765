import { expect } from "bun:test"
import { it } from "@infernet/testing/harness"
import { Effect } from "effect"
import { stripVTControlCharacters } from "node:util"
import { fold } from "../../src/terminal/fold.ts"

it("breaks a long line between words and goes on below where its text began", () =>
  Effect.sync(() => {
    expect(fold("14:05:40  job done  job=1 tokens=64", 24, 10)).toBe(
      "14:05:40  job done\n          job=1\n          tokens=64"
    )
    expect(fold("a  b   c", 8)).toBe("a  b   c")
    expect(fold("  a b", 4)).toBe("  a\nb")
    expect(fold("anything at all", Number.POSITIVE_INFINITY, 4)).toBe("anything at all")
  }))

it("keeps whole what somebody may copy: an address, and a command in backticks where it fits", () =>
  Effect.sync(() => {
    expect(fold("see https://infernet.example/a/b/c now", 12)).toBe("see\nhttps://infernet.example/a/b/c\nnow")
    expect(fold("then `infernet start` it", 20)).toBe("then\n`infernet start` it")
    expect(fold('because="it is away" now', 23)).toBe('because="it is away"\nnow')
    expect(fold("then `infernet start` it", 12)).toBe("then\n`infernet\nstart` it")
  }))

it("counts what is seen: no colours, and a wide letter twice", () =>
  Effect.sync(() => {
    const text = "\u001b[2mone\u001b[22m two \u001b[31mthree\u001b[39m"
    expect(stripVTControlCharacters(fold(text, 13))).toBe("one two three")
    expect(fold(text, 12)).toBe("\u001b[2mone\u001b[22m two\n\u001b[31mthree\u001b[39m")
    expect(fold("日本 日本", 8)).toBe("日本\n日本")
  }))

it("gives up a margin that would leave next to no room", () =>
  Effect.sync(() => expect(fold("one two three", 8, 6)).toBe("one two\nthree")))
