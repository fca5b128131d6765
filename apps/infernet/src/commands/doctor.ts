/** `infernet doctor`: looks at everything that a node or a network needs, and says what to do where it is missing. */
import { Console, Effect } from "effect"
import { Command } from "effect/cli"
import { Facts } from "../doctor/Facts.ts"
import { type Finding, isWell, type Level } from "../doctor/Finding.ts"
import * as options from "../settings/options.ts"
import { Failure } from "../terminal/exit.ts"
import { during } from "../terminal/progress.ts"
import { columnsAfter, dim, green, plain, red, wrap, yellow } from "../terminal/style.ts"

// Loaded only here: it brings the backends' code with it.
const gather = Effect.promise(() => import("../doctor/gather.ts"))
const checking = Effect.promise(() => import("../doctor/checkUp.ts"))

const marks: Readonly<Record<Level, string>> = {
  ok: green("[OK]  "),
  warn: yellow("[WARN]"),
  fail: red("[FAIL]")
}
const markWidth = 6
const nameWidth = 13
const left = markWidth + 2 + nameWidth + 2

/** `[OK]    check          what was seen`, and below it what to do. */
const linesOf = ({ advice, check, level, text }: Finding): string => {
  const room = columnsAfter(left)
  const margin = " ".repeat(left)
  const [first = "", ...rest] = wrap(plain(text), room)
  const todo = advice === undefined ? [] : wrap(plain(advice), Math.max(0, room - 2))
  return [
    `${marks[level]}  ${check.padEnd(nameWidth)}  ${first}`,
    ...rest.map((line) => margin + line),
    ...todo.map((line, index) => dim(`${margin}${index === 0 ? "→ " : "  "}${line}`))
  ].join("\n")
}

/** A person sees what is being waited for. */
const watched = ({ chat, situation }: Facts["Service"]): Facts["Service"] => ({
  situation: during("looking", (seconds) => `at this machine and its network (${seconds} s)`)(situation),
  chat: (situation, model) =>
    during("asking", (seconds) => `${plain(model)} through the network (${seconds} s)`)(chat(situation, model))
})

const jsonOf = ({ advice, ...finding }: Finding) => ({ ...finding, advice: advice ?? null })

const counted = (findings: ReadonlyArray<Finding>, level: Level): number =>
  findings.filter((finding) => finding.level === level).length

export const doctor = Command.make(
  "doctor",
  { json: options.json },
  Effect.fnUntraced(function* ({ json }) {
    const { layer } = yield* gather
    const { checkUp } = yield* checking
    const tell = (finding: Finding) => (json ? Effect.void : Console.log(linesOf(finding)))
    const findings = yield* checkUp(tell).pipe(
      Effect.updateService(Facts, (facts) => (json ? facts : watched(facts))),
      Effect.provide(layer)
    )
    const ok = isWell(findings)
    if (json) yield* Console.log(JSON.stringify({ ok, checks: findings.map(jsonOf) }))
    const [failed, warnings] = [counted(findings, "fail"), counted(findings, "warn")]
    if (!ok) {
      const first = findings.find(({ level }) => level === "fail")?.check ?? ""
      return yield* new Failure({ message: `${failed} of ${findings.length} checks failed: begin with "${first}"` })
    }
    if (!json)
      yield* Console.log(
        warnings === 0 ? "\nAll is well." : `\nIt works, with ${warnings} ${warnings === 1 ? "warning" : "warnings"}.`
      )
  })
).pipe(
  Command.withShortDescription("Check everything, and say what to do"),
  Command.withDescription(
    "Check this home, its machine, its network and its node, one line a check, and what to do where something is wrong.\n" +
      "  The last check is a chat through the network to this very node. Nothing is changed. Exits 1 when a check failed."
  ),
  Command.withExamples([
    { command: "infernet doctor", description: "For a person" },
    { command: "infernet doctor --json | jq '.checks[] | select(.level != \"ok\")'", description: "What is to be done" }
  ])
)
