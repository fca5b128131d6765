import { expect, test } from "bun:test"
import { mkdtempSync, readFileSync, rmSync, symlinkSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import * as refused from "@infernet/platform/refused"
import { PlatformError } from "effect"

const caught = (act: () => unknown): unknown => {
  try {
    act()
  } catch (error) {
    return error
  }
  throw new Error("it was not refused")
}

test("says what stood in the way of a file, as the operating system has it", () => {
  const folder = mkdtempSync(join(tmpdir(), "infernet-refused-"))
  const file = join(folder, "loop")
  symlinkSync("loop", file)
  try {
    expect(refused.why(caught(() => readFileSync(file)))).toBe("its links lead in a circle")
    expect(refused.why(caught(() => readFileSync(folder)))).toContain("it is a directory")
    expect(refused.why(caught(() => readFileSync(join(folder, "a".repeat(300)))))).toContain("name is too long")
    expect(refused.why(new Error("odd"))).toBe("the operating system refused it")
  } finally {
    rmSync(folder, { recursive: true })
  }
})

test("knows a full disk however deep it is wrapped, and names the path", () => {
  const cause = Object.assign(new Error("ENOSPC: no space left on device, copyfile"), { code: "ENOSPC" })
  const error = PlatformError.systemError({
    _tag: "Unknown",
    module: "FileSystem",
    method: "copy",
    pathOrDescriptor: "/srv/home",
    cause
  })
  expect(refused.isFull(error)).toBe(true)
  expect(refused.sentence(error)).toBe("/srv/home: its disk is full: make room there and try again")
  expect(refused.isFull(new Error("full", { cause: error }))).toBe(true)
  expect(refused.isFull(caught(() => readFileSync("/nowhere")))).toBe(false)
})
