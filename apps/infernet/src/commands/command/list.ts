/** `infernet command list`: what was asked of a node from afar, and what became of it. */
import type { CommandView } from "@infernet/contract/Command"
import { Console, DateTime, Effect } from "effect"
import { Argument, Command, Flag } from "effect/cli"
import * as commands from "../../client/commands.ts"
import * as nodes from "../../client/nodes.ts"
import * as Target from "../../client/Target.ts"
import * as options from "../../settings/options.ts"
import { span } from "../../terminal/bar.ts"
import { columnsAfter, dim, fit, table, wrap } from "../../terminal/style.ts"
import { stateOf, troubleOf, wishOf } from "./words.ts"

const agoOf = (now: DateTime.Utc, at: string): string =>
  span((DateTime.toEpochMillis(now) - DateTime.toEpochMillis(DateTime.makeUnsafe(at))) / 1000)

const indent = "  "
const narrowest = 16

const widest = (cells: ReadonlyArray<string>): number => Math.max(0, ...cells.map(({ length }) => length))

/** Rows, and below each that went wrong the reason. */
const textOf = (list: ReadonlyArray<CommandView>, now: DateTime.Utc): string => {
  const facts = list.map((command) => [command.id, stateOf(command), agoOf(now, command.created_at)] as const)
  const columns = [0, 1, 2].map((column) => widest(facts.map((cells) => cells[column] ?? "")) + 2)
  const room = Math.max(narrowest, columnsAfter(columns.reduce((sum, width) => sum + width, 0)))
  const rows = list.map((command, index) => [...(facts[index] ?? []), fit(wishOf(command), room)])
  const [heading = "", ...lines] = table([["ID", "STATE", "AGO", "WHAT"], ...rows]).split("\n")
  const below = list.map((command) => {
    const trouble = command.state === "failed" || command.state === "expired" ? troubleOf(command) : undefined
    const reason = trouble === undefined ? [] : wrap(trouble, columnsAfter(indent.length))
    return reason.map((text) => indent + dim(text))
  })
  return [heading, ...lines.flatMap((line, index) => [line, ...(below[index] ?? [])])].join("\n")
}

export const list = Command.make(
  "list",
  {
    node: Argument.String("node").pipe(Argument.withDescription("Its id, or the beginning of it")),
    limit: Flag.Int("limit").pipe(
      Flag.withMetavar("<count>"),
      Flag.withDescription("How many, up to 100 (usually 20)"),
      Flag.filter(
        (count) => count >= 1 && count <= 100,
        () => "a count from 1 to 100"
      ),
      Flag.withDefault(20)
    ),
    json: options.json,
    controlPlane: options.controlPlaneFlag("Of this network instead of the one here")
  },
  Effect.fnUntraced(function* ({ controlPlane, json, limit, node: text }) {
    const target = yield* Target.find(controlPlane)
    const node = yield* nodes.find(target, text)
    const page = yield* commands.list(target, node.id, limit)
    if (json) return yield* Console.log(JSON.stringify(page.commands))
    if (page.commands.length === 0) return yield* Console.log("Nothing was asked of this node in the last 90 days.")
    yield* Console.log(textOf(page.commands, yield* DateTime.now))
    if (page.next_cursor !== null && limit < 100) yield* Console.log(dim("\nolder ones: --limit 100"))
  })
).pipe(
  Command.withShortDescription("List what was asked of a node"),
  Command.withDescription("List what was asked of a node of yours, newest first, and what became of it."),
  Command.withExamples([
    { command: "infernet command list 0x1f3a", description: "The newest 20" },
    { command: "infernet command list 0x1f3a --json | jq '.[0].state'", description: "For programs" }
  ])
)
