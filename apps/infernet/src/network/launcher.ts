/** A command that works when pasted: `infernet` where it is installed, else a small script in the home. */
import { Home } from "@infernet/platform/Home"
import { Effect, FileSystem } from "effect"
import { homedir } from "node:os"
import { join } from "node:path"

const quote = (text: string): string => `'${text.replaceAll("'", `'\\''`)}'`

/** `~/…` where that is shorter. */
const short = (path: string): string => {
  const home = homedir()
  return path.startsWith(`${home}/`) ? `~${path.slice(home.length)}` : path
}

/** Writes the script, which names this very program and home, and answers how to call it. */
export const write = Effect.gen(function* () {
  const fs = yield* FileSystem.FileSystem
  const { root } = yield* Home
  const directory = join(root, "bin")
  const path = join(directory, "infernet")
  const main = join(import.meta.dir, "..", "main.ts")
  const script = [
    "#!/bin/sh",
    `INFERNET_HOME=\${INFERNET_HOME:-${quote(root)}}`,
    "export INFERNET_HOME",
    `exec ${quote(process.execPath)} ${quote(main)} "$@"`,
    ""
  ].join("\n")
  yield* fs.makeDirectory(directory, { recursive: true, mode: 0o700 })
  yield* fs.writeFileString(path, script, { mode: 0o700 })
  return Bun.which("infernet") === null ? short(path) : "infernet"
})
