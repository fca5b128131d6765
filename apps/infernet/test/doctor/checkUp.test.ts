import { describe, expect, test } from "bun:test"
import { it } from "@infernet/testing/harness"
import { offer } from "@infernet/testing/fakes/ScriptedBackends"
import { Effect, Layer } from "effect"
import { checkUp } from "../../src/doctor/checkUp.ts"
import { Facts } from "../../src/doctor/Facts.ts"
import { isWell, type Finding, type Level } from "../../src/doctor/Finding.ts"
import type { Answered } from "../../src/doctor/judge.ts"
import { isNewer } from "../../src/doctor/judgeHome.ts"
import { known, type Situation, unknown } from "../../src/doctor/Situation.ts"
import { Failure } from "../../src/terminal/exit.ts"
import { id, well } from "./situations.ts"

const answered: Answered = { model: "tiny", tokens: 16, firstTokenMillis: 40 }

const run = (situation: Situation, chat: Effect.Effect<Answered, Failure> = Effect.succeed(answered)) =>
  Effect.gen(function* () {
    const told: Array<Finding> = []
    const facts = Layer.succeed(Facts, { situation: Effect.succeed(situation), chat: () => chat })
    const findings = yield* Effect.provide(
      checkUp((finding) => Effect.sync(() => void told.push(finding))),
      facts
    )
    expect([...findings]).toEqual(told)
    return findings
  })

const bad = (findings: ReadonlyArray<Finding>) =>
  findings.filter(({ level }) => level !== "ok").map(({ check, level }) => `${check} ${level}`)

const node = (
  status: "online" | "offline" | "draining" | "pending" | "unregistered",
  models?: ReadonlyArray<string>
) => ({
  node: known({ status, models: models ?? ["tiny"] })
})
const machine = (part: Partial<Situation["hardware"]>) => ({ hardware: { ...well.hardware, ...part } })

/** What is broken, what that says of it, and no other check than these. */
const breakages: ReadonlyArray<readonly [string, Partial<Situation>, ReadonlyArray<string>, RegExp]> = [
  [
    "receipts that wait for long",
    { receipts: known({ total: 9, signed: 27_000n, late: 2, lateAmount: 6_000n }) },
    ["receipts warn"],
    /2 of 9 \(\$0\.006\) wait for the control plane's signature/
  ],
  ["receipts that cannot be read", { receipts: unknown("its disk cannot be read") }, ["receipts fail"], /disk/],
  [
    "an old program",
    { plane: known({ version: "1.3.0", millis: 1, aheadSeconds: 0 }) },
    ["version warn"],
    /runs 1\.3\.0/
  ],
  [
    "a newer program in the registry",
    { newest: known("1.10.0") },
    ["version warn"],
    /there is 1\.10\.0 infernet upgrade/
  ],
  [
    "a config that is wrong",
    { config: { ...well.config, problem: "line 1, column 2: no" } },
    ["config fail"],
    /line 1/
  ],
  ["a config that others read", { config: { ...well.config, isPrivate: false } }, ["config warn"], /other users/],
  [
    "a home that cannot be written",
    { home: { root: "/h", problem: "its disk is full: make room" } },
    ["home fail"],
    /cannot be written/
  ],
  [
    "a key whose change was broken off",
    { key: { ...well.key, isChanging: true } },
    ["key warn"],
    /infernet keys rotate/
  ],
  ["a key that others read", { key: { ...well.key, problem: "others can read it" } }, ["key fail"], /others can read/],
  ["somebody else on the port", { port: { number: 1, holder: { name: "nginx (pid 7)" } } }, ["port fail"], /nginx/],
  [
    "a clock behind",
    { plane: known({ version: "1.2.3", millis: 1, aheadSeconds: 31 }) },
    ["clock fail"],
    /31 s behind/
  ],
  [
    "a clock ahead",
    { plane: known({ version: "1.2.3", millis: 1, aheadSeconds: -40 }) },
    ["clock fail"],
    /40 s ahead of/
  ],
  ["a silent node", node("offline"), ["online fail", "takes jobs fail", "chat fail"], /not heard of it/],
  ["a drained node", node("draining"), ["takes jobs warn", "chat warn"], /draining/],
  [
    "a node that waits for approval",
    node("pending"),
    ["takes jobs fail", "chat fail"],
    new RegExp(`node approve ${id}`)
  ],
  ["a link that does not open", { linked: false }, ["link fail"], /443/],
  [
    "what a node waits for",
    { ...node("unregistered"), linked: false, waiting: "it wants a link code" },
    ["registered fail", "online fail", "takes jobs fail", "link fail", "chat fail"],
    /does not know this node: it wants a link code \n/
  ],
  ["no backend", { backends: known([]) }, ["backend fail"], /none answers/],
  ["backends that do not answer", { backends: unknown("too slow") }, ["backend fail"], /too slow/],
  ["no model", { offers: [] }, ["models fail", "chat fail"], /has none/],
  ["a model that is only advertised", node("online", ["tiny", "gone"]), ["models fail"], /gone, which is not here/],
  ["a model that is not advertised", node("online", []), ["models warn"], /does not offer tiny/],
  ["a demo alone", { offers: [{ ...offer("tiny"), demo: true }] }, ["models warn"], /demo/],
  [
    "no model that chats",
    { offers: [{ ...offer("tiny"), capabilities: ["embedding"] }] },
    ["chat fail"],
    /no model here chats/
  ],
  ["no API key", { hasApiKey: false }, ["chat warn"], /INFERNET_BEARER_TOKEN/],
  ["a full disk", { diskFreeBytes: known(19.9e9) }, ["disk warn"], /less than 20 GB/],
  ["a disk that cannot be asked", { diskFreeBytes: unknown("no idea") }, ["disk warn"], /no idea/],
  ["little memory", machine({ memory_total_bytes: 2e9 }), ["memory warn"], /little/],
  ["a GPU without its tool", machine({ gpus: [] }), ["GPU driver warn"], /NVIDIA GPU is there/],
  ["no CUDA", { graphics: { onBus: [], cuda: undefined } }, ["CUDA warn"], /no version/],
  [
    "a full GPU",
    machine({ gpus: [{ index: 0, vendor: "amd", name: "MI300", memory_total_bytes: 100, memory_used_bytes: 99 }] }),
    ["GPU driver warn", "GPU memory warn"],
    /in use/
  ]
]

describe("a check-up", () => {
  it("finds nothing where all is well", () =>
    Effect.gen(function* () {
      const findings = yield* run(well)
      expect(bad(findings)).toEqual([])
      expect(findings.at(-1)?.check).toBe("chat")
      expect(isWell(findings)).toBe(true)
    }))

  for (const [what, part, expected, told] of breakages) {
    it(`sees ${what}`, () =>
      Effect.gen(function* () {
        const findings = yield* run({ ...well, ...part })
        expect(bad(findings)).toEqual([...expected])
        expect(findings.map(({ advice, text }) => `${text} ${advice ?? ""}`).join("\n")).toMatch(told)
        expect(isWell(findings)).toBe(!expected.some((one) => one.endsWith("fail")))
      }))
  }

  it("is content with what runs where the registry does not tell of anything else", () =>
    Effect.gen(function* () {
      expect(bad(yield* run({ ...well, newest: unknown("offline") }))).toEqual([])
    }))

  it("passes nothing of the network for a node that is not registered, or where no control plane answers", () =>
    Effect.gen(function* () {
      const stranger = yield* run({ ...well, ...node("unregistered"), linked: false })
      expect(bad(stranger)).toEqual(["registered fail", "online fail", "takes jobs fail", "link fail", "chat fail"])
      const away = unknown("https://plane does not answer")
      const alone = yield* run({ ...well, plane: away, node: away, linked: false })
      expect(bad(alone)).toEqual([
        "control plane fail",
        "clock fail",
        "registered fail",
        "online fail",
        "takes jobs fail",
        "link fail",
        "models warn",
        "chat fail"
      ])
      const bare = yield* run({
        ...well,
        role: "nothing",
        url: undefined,
        plane: away,
        node: away,
        linked: undefined,
        key: { ...well.key, id: undefined }
      })
      expect(bad(bare)).toContain("key fail")
      expect(bad(bare)).toContain("models fail")
    }))

  it("fails with the chat's own words, and with an answer of nothing", () =>
    Effect.gen(function* () {
      const failed = yield* run(well, Effect.fail(new Failure({ message: "no node can take it" })))
      expect(bad(failed)).toEqual(["chat fail"])
      expect(failed.at(-1)?.text).toContain("no node can take it")
      expect(bad(yield* run(well, Effect.succeed({ ...answered, tokens: 0 })))).toEqual(["chat fail"])
    }))

  it("asks a control plane alone for no node of its own, but for its database", () =>
    Effect.gen(function* () {
      const plane: Situation = {
        ...well,
        role: "control plane",
        nodesOnline: 0,
        ...node("unregistered"),
        linked: undefined,
        offers: [],
        backends: known([])
      }
      expect(bad(yield* run(plane))).toEqual(["nodes warn"])
      const broken = yield* run({ ...plane, nodesOnline: 2, database: unknown("the database does not answer") })
      expect(bad(broken)).toEqual(["database fail"])
    }))
})

test("versions come one after another by their numbers", () => {
  const pairs = [
    ["0.2.0", "0.1.9", true],
    ["0.1.0", "0.1.0", false],
    ["0.10.0", "0.9.0", true],
    ["1.0.0", "2.0.0", false],
    ["x", "1.0.0", false]
  ] as const
  for (const [version, than, expected] of pairs)
    expect([version, than, isNewer(version, than)]).toEqual([version, than, expected])
  const levels: ReadonlyArray<Level> = ["ok", "warn"]
  expect(isWell(levels.map((level) => ({ check: "x", level, text: "" })))).toBe(true)
})
