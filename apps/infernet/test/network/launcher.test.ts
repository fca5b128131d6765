import { expect } from "bun:test"
import * as NodeFileSystem from "@effect/platform-node/NodeFileSystem"
import { Home } from "@infernet/platform/Home"
import { it } from "@infernet/testing/harness"
import { ConfigProvider, Effect, Layer } from "effect"
import { chmodSync, mkdirSync, readFileSync, symlinkSync, writeFileSync } from "node:fs"
import { join } from "node:path"
import * as launcher from "../../src/network/launcher.ts"
import { freshHome } from "../infernet.ts"

/** Runs a shell command where nothing but the system's own programs is found. */
const shell = (command: string, path = "/usr/bin:/bin") => {
  const { exitCode, stderr, stdout } = Bun.spawnSync(["/bin/sh", "-c", command], { env: { PATH: path }, cwd: "/" })
  return { code: exitCode, stdout: stdout.toString(), stderr: stderr.toString() }
}

const version = expect.stringMatching(/^infernet v\d/)

it.live("writes a command that works anywhere, also when its Bun or itself has gone", () =>
  Effect.gen(function* () {
    const directory = yield* freshHome
    const root = join(directory, "a 'quoted' $(home)")
    const home = Layer.merge(Home.at(root), NodeFileSystem.layer)
    const command = yield* Effect.provide(launcher.write, home)
    expect(shell(`${command} --version`)).toEqual({ code: 0, stdout: version, stderr: "" })
    expect(shell(`INFERNET_HOME=/dev/null/x ${command} api-key show-local`).stderr).toContain("no local key yet")

    const path = join(root, "bin", "infernet")
    const script = readFileSync(path, "utf8")
    const tools = join(directory, "tools")
    mkdirSync(tools)
    writeFileSync(path, script.replace(/^bun=.*$/m, "bun=/nowhere/bun"))
    writeFileSync(join(tools, "npx"), '#!/bin/sh\necho "npx $*"\n')
    chmodSync(join(tools, "npx"), 0o755)
    const viaNpx = shell(`${command} --version`, tools)
    expect(viaNpx).toMatchObject({ code: 0 })
    expect(viaNpx.stdout).toMatch(/^npx --yes bun@\d\S+ \/.*\/main\.ts --version\n$/)
    symlinkSync(process.execPath, join(tools, "bun"))
    expect(shell(`${command} --version`, tools)).toMatchObject({ code: 0, stdout: version })

    writeFileSync(path, script.replace(/^main=.*$/m, "main=/nowhere/main.ts"))
    expect(shell(`${command} --version`)).toMatchObject({
      code: 1,
      stderr: expect.stringContaining("/nowhere/main.ts")
    })
  })
)

it.live("runs the command of the package that it came with, for what that sets up", () =>
  Effect.gen(function* () {
    const directory = yield* freshHome
    mkdirSync(directory, { recursive: true })
    const command = join(directory, "wrapped infernet")
    writeFileSync(command, '#!/bin/sh\necho "wrapped, in $INFERNET_HOME: $*"\n')
    chmodSync(command, 0o755)
    const root = join(directory, "home")
    const settings = ConfigProvider.layer(ConfigProvider.fromUnknown({ INFERNET_COMMAND: command }))
    const layer = Layer.mergeAll(Home.at(root), NodeFileSystem.layer, settings)
    const written = yield* Effect.provide(launcher.write, layer)
    expect(shell(`${written} chat hi`)).toEqual({ code: 0, stdout: `wrapped, in ${root}: chat hi\n`, stderr: "" })
  })
)
