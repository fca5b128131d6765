import { expect } from "bun:test"
import { it } from "@infernet/testing/harness"
import { Effect } from "effect"
import type { BackendView } from "../../src/client/MachineApi.ts"
import { backendTable } from "../../src/terminal/backendTable.ts"

const model = (id: string): BackendView["models"][number] => ({
  id,
  backend: "ollama",
  state: "loaded",
  capabilities: ["chat"],
  slots: 1
})

const backends: ReadonlyArray<BackendView> = [
  {
    kind: "ollama",
    address: "http://127.0.0.1:11434",
    version: "0.34.4",
    models: [model("a-model-with-a-name-that-is-longer-than-any-column-of-it\u001b[2J"), model("b")],
    used: true,
    reason: ""
  },
  {
    kind: "openai",
    address: "http://127.0.0.1:8000",
    models: [],
    used: false,
    reason: `an OpenAI-compatible server of an unknown make answers there; it may be a gateway to a paid account: to use it, set INFERNET_BACKEND=http://127.0.0.1:8000`
  }
]

it("keeps within a terminal of any usual width and tells the whole reason", () =>
  Effect.sync(() => {
    for (const columns of [80, 100, 140, 200]) {
      const text = backendTable(backends, columns)
      for (const line of text.split("\n"))
        expect({ columns, line, fits: line.length <= columns }).toMatchObject({ fits: true })
      expect(text.replace(/\s+/g, " ")).toContain(
        "a paid account: to use it, set INFERNET_BACKEND=http://127.0.0.1:8000"
      )
      expect(text).not.toContain("\u001b")
    }
    const narrow = backendTable(backends, 80).split("\n")
    const wide = backendTable(backends, Number.POSITIVE_INFINITY).split("\n")
    expect(wide.length).toBe(3)
    expect(narrow.length).toBeGreaterThan(3)
    expect(narrow[1]).toMatch(/^Ollama .* \+1 +used$/)
  }))
