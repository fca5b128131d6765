/** A command that works when pasted, in any shell and directory: `infernet` where it is installed, else a script in the home. */
import { Home } from "@infernet/platform/Home"
import { travelling } from "@infernet/platform/travelling"
import { Config, Effect, FileSystem, Option } from "effect"
import { existsSync, realpathSync } from "node:fs"
import { homedir } from "node:os"
import { dirname, join } from "node:path"

const main = travelling(import.meta.url, "../main.ts", "infernet.js")

/** A program that a launcher can call. */
export interface Program {
  readonly bun: string
  readonly main: string
}

const thisProgram: Program = { bun: process.execPath, main }

/** The command of a package that runs this program with what it needs, as Nix's does: never the bundle without it. */
export const packagedCommand = Config.String("INFERNET_COMMAND").pipe(
  Config.option,
  Config.map(Option.filter((path) => existsSync(path))),
  Config.map(Option.getOrUndefined)
)

/** A text as one word of a shell. */
export const quote = (text: string): string =>
  /^[\w@%+=:,./-]+$/.test(text) ? text : `'${text.replaceAll("'", `'\\''`)}'`

/** A path as one word of a shell, with `~` where that is shorter. */
const pathWord = (path: string): string => {
  const home = homedir()
  return path.startsWith(`${home}/`) ? `~/${quote(path.slice(home.length + 1))}` : quote(path)
}

/** The Bun that runs now may live in a cache of npx that is emptied one day: then another one will do. */
const viaBun = (bun: string): string => `bun=${quote(bun)}
[ -x "$bun" ] || bun=$(command -v bun)
[ -n "$bun" ] && exec "$bun" "$main" "$@"
command -v npx >/dev/null && exec npx --yes bun@${Bun.version} "$main" "$@"
echo "infernet: Bun is not installed any more: see https://bun.com" >&2
exit 1
`

/** The home is this script's own, whatever the shell that runs it has set. */
const script = (root: string, { bun, main }: Program, command: string | undefined): string => `#!/bin/sh
# Written by infernet start: runs Infernet on the home that this file lies in.
INFERNET_HOME=${quote(root)}
export INFERNET_HOME
main=${quote(command ?? main)}
if [ ! -f "$main" ]; then
  echo "infernet: $main is no longer there: run infernet start again from where it is now" >&2
  exit 1
fi
${command === undefined ? viaBun(bun) : 'exec "$main" "$@"\n'}`

/** A command that every shell of this user finds: what npx and package scripts put before PATH is theirs alone. */
const onPath = (name: string): string | undefined => {
  const found = Bun.which(name)
  return found === null || found.includes("/node_modules/") ? undefined : found
}

/** Whether a bare `infernet` in the user's shell is this program, on this home. */
const isInstalled = (root: string, command: string | undefined): boolean => {
  const found = onPath("infernet")
  const isThis = found !== undefined && realpathSync(found) === realpathSync(command ?? main)
  return isThis && (command ?? onPath("bun")) !== undefined && root === join(homedir(), ".infernet")
}

/** Where the script lies. */
export const pathIn = (root: string): string => join(root, "bin", "infernet")

/** Puts a text where the script is: renamed into place, as a shell may be reading the old one. */
export const place = Effect.fnUntraced(function* (path: string, text: string) {
  const fs = yield* FileSystem.FileSystem
  yield* fs.makeDirectory(dirname(path), { recursive: true, mode: 0o700 })
  yield* fs.writeFileString(`${path}.new`, text, { mode: 0o700 })
  yield* fs.rename(`${path}.new`, path)
})

/** The script that calls a program on a home. */
export const textFor = (root: string, program: Program): string => script(root, program, undefined)

/** Writes the script and answers how to call the program. */
export const write = Effect.gen(function* () {
  const { root } = yield* Home
  const command = yield* packagedCommand
  yield* place(pathIn(root), script(root, thisProgram, command))
  return isInstalled(root, command) ? "infernet" : pathWord(pathIn(root))
})

/** How to call the program on this home, whether or not the script is there yet. */
export const call = Effect.gen(function* () {
  const { root } = yield* Home
  return isInstalled(root, yield* packagedCommand) ? "infernet" : pathWord(pathIn(root))
})
