import { expect, test } from "bun:test"
import { actionOf } from "../../src/tui/keys.ts"
import type { View } from "../../src/tui/State.ts"

const press = (name: string, view: View = "overview", more: { readonly ctrl?: true; readonly meta?: true } = {}) =>
  actionOf({ name, ctrl: false, meta: false, shift: false, ...more }, name, view, 20)

test("quits with q and Ctrl-C, which a terminal in raw mode sends as a key", () => {
  expect([press("q"), press("c", "logs", { ctrl: true })]).toEqual([{ _tag: "Quit" }, { _tag: "Quit" }])
  expect([press("c"), press("q", "overview", { meta: true })]).toEqual([undefined, undefined])
})

test("goes back with Escape, which is told as a meta key", () => {
  expect(press("escape", "logs", { meta: true })).toEqual({ _tag: "Show", view: "overview" })
  expect(press("escape", "overview", { meta: true })).toBeUndefined()
})

test("scrolls up to older lines of a log, and to the first of a list", () => {
  expect([press("up", "logs"), press("pageup", "logs")]).toEqual([
    { _tag: "Scroll", by: 1 },
    { _tag: "Scroll", by: 20 }
  ])
  expect([press("up", "models"), press("pagedown", "models")]).toEqual([
    { _tag: "Scroll", by: -1 },
    { _tag: "Scroll", by: 20 }
  ])
})
