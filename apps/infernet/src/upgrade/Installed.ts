/** Versions of this program beside each other in the home, each whole and checked, or not there. */
import { Home } from "@infernet/platform/Home"
import * as refused from "@infernet/platform/refused"
import { Effect, FileSystem } from "effect"
import { join } from "node:path"
import type { Program } from "../network/launcher.ts"
import { Tools } from "../service/Tools.ts"
import { Failure } from "../terminal/exit.ts"
import { packageName, type Release } from "./Registry.ts"

export const folderIn = (root: string): string => join(root, "versions")

const programIn = (folder: string): Program => ({
  bun: process.execPath,
  main: join(folder, "node_modules", packageName, "dist", "infernet.js")
})

const lastLine = (text: string): string => text.trim().split("\n").at(-1) ?? ""

/** Fetched by Bun, which holds it against the registry's checksum, and that against what `release` said. */
const fetch = Effect.fnUntraced(function* (folder: string, registry: string, { dist, version }: Release) {
  const fs = yield* FileSystem.FileSystem
  const { run } = yield* Tools
  yield* fs.remove(folder, { recursive: true, force: true })
  yield* fs.makeDirectory(folder, { recursive: true, mode: 0o711 })
  yield* fs.writeFileString(join(folder, "package.json"), `${JSON.stringify({ private: true })}\n`)
  const add = ["add", "--exact", "--registry", registry, `${packageName}@${version}`] as const
  const { code, stderr } = yield* run([process.execPath, ...add], { cwd: folder })
  if (code !== 0) return yield* new Failure({ message: `${version} cannot be installed: ${lastLine(stderr)}` })
  const lock = yield* fs.readFileString(join(folder, "bun.lock"))
  if (lock.includes(`"${dist.integrity}"`)) return
  return yield* new Failure({ message: `what was installed as ${version} is not what the registry says it is` })
})

/** The program of a version, fetched unless it is there; what goes wrong leaves nothing. */
export const install = Effect.fnUntraced(function* (registry: string, release: Release) {
  const fs = yield* FileSystem.FileSystem
  const { root } = yield* Home
  const folder = join(folderIn(root), release.version)
  const draft = `${folder}.part`
  yield* Effect.gen(function* () {
    yield* fetch(draft, registry, release)
    yield* fs.remove(folder, { recursive: true, force: true })
    yield* fs.rename(draft, folder)
  }).pipe(
    Effect.catchTag("PlatformError", (error) =>
      Effect.fail(new Failure({ message: `${folder} cannot be written: ${refused.why(error)}` }))
    ),
    Effect.onError(() => Effect.ignore(fs.remove(draft, { recursive: true, force: true })))
  )
  return programIn(folder)
})

/** Removes all versions that none of these texts names. */
export const tidy = Effect.fnUntraced(
  function* (used: ReadonlyArray<string>) {
    const fs = yield* FileSystem.FileSystem
    const folder = folderIn((yield* Home).root)
    const names = (yield* fs.readDirectory(folder)).filter((name) => /^\d/.test(name))
    const isUsed = (name: string) => used.some((text) => text.includes(`${join(folder, name)}/`))
    yield* Effect.forEach(
      names.filter((name) => !isUsed(name)),
      (name) => fs.remove(join(folder, name), { recursive: true, force: true })
    )
  },
  Effect.ignore({ log: "Warn", message: "old versions were not removed" })
)
