/** The service of this home: its plan, and the manager that keeps it. */
import { Home } from "@infernet/platform/Home"
import { Effect, FileSystem, Path } from "effect"
import { homedir } from "node:os"
import { dirname, join } from "node:path"
import { Failure } from "../terminal/exit.ts"
import { managerOf, type System, thisSystem } from "./Manager.ts"
import { isWritable, type Plan } from "./Plan.ts"

const usualPath = ["/usr/local/sbin", "/usr/local/bin", "/usr/sbin", "/usr/bin", "/sbin", "/bin"]

/** Letters, digits and dashes, as a name of every manager may be. */
const nameOf = (root: string): string =>
  root === join(homedir(), ".infernet") ? "infernet" : `infernet-${Bun.hash(root).toString(36)}`

const pathOf = ({ platform }: System): string =>
  [...new Set([dirname(process.execPath), ...(platform === "darwin" ? ["/opt/homebrew/bin"] : []), ...usualPath])].join(
    ":"
  )

/** Without a word of whether the manager runs. */
export const describe = Effect.fnUntraced(function* (args: ReadonlyArray<string>, system = thisSystem()) {
  const { root } = yield* Home
  const plan: Plan = {
    name: nameOf(root),
    program: join(root, "bin", "infernet"),
    args,
    home: root,
    isRoot: system.isRoot,
    path: pathOf(system)
  }
  if (!isWritable(plan)) return yield* new Failure({ message: `${root} has control characters in its name` })
  return { plan, manager: yield* managerOf(plan.name, system) }
})

/** The manager that runs here. */
export const find = Effect.fnUntraced(function* (args: ReadonlyArray<string> = [], system = thisSystem()) {
  const found = yield* describe(args, system)
  if (system.platform === "darwin" || system.hasSystemd) return found
  const message =
    "neither systemd nor launchd runs on this machine: use `infernet start --detach`, or let the manager that it has " +
    `run \`${found.plan.program} start\``
  return yield* new Failure({ message })
})

/** Whether its file is there. */
export const isInstalled = Effect.fnUntraced(function* (path: string) {
  const fs = yield* FileSystem.FileSystem
  return yield* Effect.orElseSucceed(fs.exists(path), () => false)
})

const cannotWrite = (path: string) => () =>
  new Failure({ message: `${path} cannot be written: check who owns its folder` })

/** Puts the file where the manager looks for it, whole or not at all. */
export const write = Effect.fnUntraced(
  function* (path: string, text: string) {
    const fs = yield* FileSystem.FileSystem
    yield* fs.makeDirectory((yield* Path.Path).dirname(path), { recursive: true })
    yield* fs.writeFileString(`${path}.new`, text, { mode: 0o644 })
    yield* fs.rename(`${path}.new`, path)
  },
  (effect, path) => Effect.mapError(effect, cannotWrite(path))
)

export const erase = (path: string) =>
  Effect.gen(function* () {
    const fs = yield* FileSystem.FileSystem
    yield* Effect.mapError(fs.remove(path, { force: true }), cannotWrite(path))
  })
