import { describe, expect, test } from "bun:test"
import type { Look } from "../../src/tui/view/look.ts"
import type { State } from "../../src/tui/State.ts"
import { widthOf } from "../../src/tui/text.ts"
import { frame } from "../../src/tui/view/frame.ts"
import { after, busy, coloredLook, gpu, hostile, look, model, now, part, parts } from "./states.ts"
import { color } from "./terminal.ts"

const drawn = (state: State, columns: number, rows: number, how: Look = look) => frame(how, state, { columns, rows })

/** The titles in their order, of both columns where there are two. */
const titles = (lines: ReadonlyArray<string>): ReadonlyArray<string> =>
  lines.flatMap((line) => [...line.matchAll(/─ ([A-Z][a-z]+) /g)].map(([, title]) => title ?? ""))

const lineWith = (lines: ReadonlyArray<string>, part: string): string | undefined =>
  lines.find((line) => line.includes(part))

const silent: State = after([{ _tag: "Gone" }])

/** Which columns of a job that is done are there: its time, speed, tokens, and how long it took. */
const columns = (width: number) => {
  const line = lineWith(drawn(busy, width, 40), "✓ done") ?? ""
  return [/\d\d:\d\d:\d\d/, /\/s/, /tokens/, / m?s$/].map((column) => column.test(line.trimEnd()))
}

describe("a frame", () => {
  test("has exactly the lines and at most the columns of its terminal, whatever is in it", () => {
    const states = [
      busy,
      silent,
      after([]),
      ...(["help", "logs", "models"] as const).map((view) => ({ ...busy, view }))
    ]
    for (const state of states) {
      for (const [columns, rows] of [
        [80, 24],
        [140, 40],
        [40, 10],
        [119, 60],
        [300, 100],
        [20, 5],
        [1, 1]
      ] as const) {
        const lines = drawn(state, columns, rows)
        expect(lines).toHaveLength(rows)
        for (const line of lines) expect(widthOf(line)).toBeLessThanOrEqual(columns)
      }
    }
  })

  test("lets no name drive the terminal, turn its direction or draw over its neighbours", () => {
    for (const view of ["overview", "logs", "models"] as const) {
      const text = drawn({ ...busy, view, notice: { text: hostile, until: now } }, 140, 40).join("")
      expect(text).not.toMatch(/[\p{Cc}\p{Cf}]|\p{M}{4}/u)
    }
    const colored = drawn(busy, 140, 40, coloredLook).join("")
    expect(colored.replace(color, "")).not.toMatch(/[\p{Cc}\p{Cf}]/u)
  })

  test("says the same without colour", () => {
    const colored = drawn(busy, 80, 24, coloredLook).map((line) => Bun.stripANSI(line))
    expect(colored).toEqual([...drawn(busy, 80, 24)])
  })

  test("tells all there is in 80×24", () => {
    const lines = drawn(busy, 80, 24)
    expect(titles(lines)).toEqual(["System", "Installs", "Jobs", "Throughput", "Models", "Backends", "Log"])
    expect(lines[0]).toBe("infernet 0.1.0  ● online  node 0xabab…abab                          up 1 h 5 min")
    expect(lines[1]).toBe("https://infernet.example · heartbeat 12 s ago, 3 ms")
    expect(lines[3]).toBe("CPU    ██████░░░░░░░░  42 % of 32 cores  memory ████░░░░░░░░░░ 64.0 of 256 GiB  ")
    expect(lines[4]).toBe("GPU 0 H200       memory ████████████░ 133 of 140 GiB    use ██████░  87 % 61 °C ")
    expect(lineWith(lines, "qwen3:32b")).toBe(
      "qwen3:32b              fetching  ███░░░░░░░░ 25 %  2 min 34 s left  100 MiB/s"
    )
    // 450 tokens in the ten seconds after the first.
    expect(lineWith(lines, "…000001")).toBe(
      "▶ running   14:05:28 …000001 qwen3:4b               451 tokens     45/s   12.0 s"
    )
    expect(lineWith(lines, "…000003")).toBe(
      "✓ done      14:05:37 …000003 qwen3:4b             1,250 tokens    151/s    8.3 s"
    )
    expect(lineWith(lines, "● used")).toStartWith(
      "● used Ollama 0.12.3     127.0.0.1:11434       4 models, 2 running, 1 w"
    )
    expect(lines.at(-1)).toBe(" q  quit   d  drain   l  logs   m  models   ↑↓  scroll   ?  help")
  })

  test("puts lists beside each other in 140×40, wide characters included", () => {
    const lines = drawn(busy, 140, 40)
    expect(titles(lines)).toEqual(["System", "Installs", "Throughput", "Models", "Jobs", "Backends", "Log"])
    expect(lineWith(lines, "日本語モデル:七十億")).toStartWith(
      "○ loadable 日本語モデル:七十億   Ollama       2.5 GiB   32k   4 slots  ▶ running   …000002 "
    )
    expect(lineWith(lines, "✗ failed")).toContain("backend_error: out of memory")
    expect(lineWith(lines, "○ not  vLLM")).toContain("connection refused: …")
  })

  test("says why no jobs come, and what to do about it", () => {
    expect(drawn(silent, 80, 24).slice(0, 2)).toEqual([
      expect.stringContaining("● not running"),
      "start it with `infernet start`; looking every second in /home/me/.infernet"
    ])
    const link = { _tag: "Link", drained_by: [], draining: false } as const
    const cut = after([part({ ...link, linked: false, trouble: "closed with code 1006" })], busy)
    expect(drawn(cut, 80, 24).slice(0, 2).join("\n")).toMatch(/● not linked.*\nclosed with code 1006 · https:/)
    const drained = after([part({ ...link, linked: true, drained_by: ["machine"], draining: true })], busy)
    const lines = drawn(drained, 80, 24)
    expect(lines.slice(0, 2).join("\n")).toMatch(/● draining.*\nasked for here/)
    expect(lines.at(-1)).toContain(" d  resume")
  })

  test("tells of a control plane that runs without a node", () => {
    const jobs = { completed: 1_000, failed: 1, pending: 3 }
    const overview = {
      pid: 1,
      version: "0.1.0",
      started_at: new Date(now - 60_000).toISOString(),
      url: "https://infernet.example",
      jobs,
      nodes_online: 2
    }
    const lines = drawn(after([{ _tag: "Gone" }, { _tag: "Plane", overview }]), 100, 24)
    expect(lines[0]).toMatch(/● control plane +up 1 min 0 s$/)
    expect(lines[1]).toBe("no node runs in it · https://infernet.example · 2 nodes, 1,000 jobs today, 3 open")
  })

  test("shows the last page of a list that is scrolled to its end, and the oldest lines of a log", () => {
    const many = Array.from({ length: 60 }, (_, index) => model(`model-${String(index).padStart(2, "0")}`, "loadable"))
    const offer = part({ _tag: "Offer", backends: [], models: many })
    const scroll = (view: State["view"]): State =>
      after([offer, { _tag: "Show", view }, { _tag: "Scroll", by: 1e6 }], busy)
    const list = drawn(scroll("models"), 80, 24)
    expect(list.at(-2)).toContain("model-59")
    expect(list[3]).toContain("model-40")
    expect(drawn(scroll("logs"), 80, 24)[3]).toContain("line 0 ")
  })

  test("keeps the first of each list where there is no room, and says how many there are", () => {
    const crowded = after([part({ _tag: "Gpus", gpus: [0, 1, 2, 3, 4, 5, 6, 7].map(gpu) })], busy)
    const lines = drawn(crowded, 80, 24)
    expect(titles(lines)).toEqual(["System", "Installs", "Jobs", "Throughput", "Models", "Backends", "Log"])
    expect(lineWith(lines, "and 6 more")).toBeDefined()
    expect(lineWith(lines, "─ Models")).toContain("1 loaded, 3 loadable, 4 slots")
  })

  test("is drawn from whatever part comes first", () => {
    for (const one of parts) expect(drawn(after([part(one)]), 80, 24)).toHaveLength(24)
  })

  test("leaves out a job's time, then its speed, then its tokens, before it cuts any of them", () => {
    expect(columns(80)).toEqual([true, true, true, true])
    expect(columns(70)).toEqual([false, true, true, true])
    expect(columns(56)).toEqual([false, false, true, true])
    expect(columns(44)).toEqual([false, false, false, true])
  })
})
