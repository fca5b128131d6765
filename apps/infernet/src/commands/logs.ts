/** `infernet logs`: what a node or network of this home has logged, across its files, and what it logs now. */
import { Home } from "@infernet/platform/Home"
import { Clock, Console, Effect, FileSystem, Option, Stream } from "effect"
import { Command, Flag } from "effect/cli"
import { join } from "node:path"
import { entryOf } from "../logs/entry.ts"
import * as pretty from "../logs/pretty.ts"
import { since } from "../logs/since.ts"
import * as tail from "../logs/tail.ts"
import * as options from "../settings/options.ts"
import { logLevel } from "../settings/values.ts"
import { Failure } from "../terminal/exit.ts"
import { columnsAfter } from "../terminal/style.ts"

const usualLines = 50

const flags = {
  follow: Flag.Boolean("follow").pipe(
    Flag.withAlias("f"),
    Flag.withDescription("Go on with what is logged from now on, until Ctrl-C"),
    Flag.withDefault(false)
  ),
  lines: Flag.Int("lines").pipe(
    Flag.withAlias("n"),
    Flag.withMetavar("<count>"),
    Flag.withDescription(`At most so many of the newest; usually ${usualLines}, with --since all`),
    Flag.filter(
      (lines) => lines >= 0,
      () => "a count from 0 on"
    ),
    Flag.optional
  ),
  since: Flag.String("since").pipe(
    Flag.withMetavar("<time>"),
    Flag.withDescription("Only what is not older: 30s, 10m, 2h, 1d, or 2026-11-22T10:00"),
    Flag.filterMap(since.parse, () => since.expected),
    Flag.optional
  ),
  level: Flag.String("level").pipe(
    Flag.withMetavar("<level>"),
    Flag.withDescription("Only what is at least that serious: trace, debug, info, warn or error"),
    Flag.filterMap(logLevel.parse, () => logLevel.expected),
    Flag.optional
  ),
  json: options.json
}

/** Why nothing was shown. */
const nothing = Effect.fnUntraced(function* (path: string) {
  const fs = yield* FileSystem.FileSystem
  const isThere = yield* Effect.orElseSucceed(fs.exists(path), () => true)
  return isThere ? `${path} has nothing like that` : "nothing has been logged here yet: start it with `infernet start`"
})

export const logs = Command.make(
  "logs",
  flags,
  Effect.fnUntraced(function* ({ follow, json, level, lines, since }) {
    const home = yield* Home
    const path = join(home.logs, "infernet.log")
    const now = yield* Clock.currentTimeMillis
    const asked: tail.Asked = {
      since: Option.match(since, { onNone: () => Number.NEGATIVE_INFINITY, onSome: (at) => at(now) }),
      level: Option.getOrElse(level, () => "trace"),
      lines: Option.getOrElse(lines, () => (Option.isSome(since) ? Number.POSITIVE_INFINITY : usualLines))
    }
    const text = pretty.make(() => (process.stdout.isTTY ? columnsAfter(0) : undefined))
    let shown = 0
    const print = (line: string) => {
      shown += 1
      return Option.match(json ? Option.none() : entryOf(line), {
        onNone: () => Console.log(line),
        onSome: (entry) => Console.log(text(entry))
      })
    }
    yield* tail.lines({ path, follow }, asked).pipe(
      Stream.runForEach(print),
      Effect.scoped,
      Effect.mapError(({ message }) => new Failure({ message: `the log ${path} cannot be read: ${message}` }))
    )
    if (shown === 0) yield* Console.error(yield* nothing(path))
  })
).pipe(
  Command.withShortDescription("Show what the node of this home has logged"),
  Command.withDescription(
    "Show the newest entries of the log in this home, whether something runs or not. It is kept in logs/infernet.log,\n" +
      "  a line of JSON an entry, and up to five files of 50 MB before it. Times are this machine's."
  ),
  Command.withExamples([
    { command: "infernet logs -f", description: "As they come" },
    { command: "infernet logs --since 10m --level warn", description: "What went wrong lately" },
    {
      command: "infernet logs --since 1d --json | jq 'select(.message[0] == \"job failed\")'",
      description: "For programs"
    }
  ])
)
