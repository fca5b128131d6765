/** Every command teaches by an example of itself. */
import { expect, test } from "bun:test"
import type { Command } from "effect/cli"
import { infernet } from "../../src/program.ts"

/** Nothing can be said to these but their names. */
const bare = new Set(["service start", "service stop", "service status", "service uninstall", "config path"])

const leaves = (command: Command.Command.Any, path: ReadonlyArray<string> = []): ReadonlyArray<[string, string]> => {
  const below = command.subcommands.flatMap(({ commands }) => commands)
  if (below.length > 0) return below.flatMap((one) => leaves(one, [...path, one.name]))
  return [[path.join(" "), command.examples.map(({ command }) => command).join("\n")]]
}

test("each command shows a line with which it is used", () => {
  const found = leaves(infernet).filter(([path]) => !bare.has(path))
  expect(found.length).toBeGreaterThan(30)
  expect(found.filter(([path, examples]) => !examples.includes(`infernet ${path}`))).toEqual([])
})
