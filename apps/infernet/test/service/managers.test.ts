import { expect } from "bun:test"
import * as NodeFileSystem from "@effect/platform-node/NodeFileSystem"
import * as NodePath from "@effect/platform-node/NodePath"
import { Home } from "@infernet/platform/Home"
import { it } from "@infernet/testing/harness"
import { ConfigProvider, Effect, Layer } from "effect"
import { existsSync, readFileSync } from "node:fs"
import { join } from "node:path"
import type { System } from "../../src/service/Manager.ts"
import * as Service from "../../src/service/Service.ts"
import { Tools } from "../../src/service/Tools.ts"
import { freshHome } from "../infernet.ts"

const linux: System = { platform: "linux", isRoot: false, hasSystemd: true }

/** A machine whose programs write down how they were called, and answer as told. */
const machine = Effect.fnUntraced(function* (answers: Readonly<Record<string, string>>) {
  const root = yield* freshHome
  const calls: Array<string> = []
  const tools = Layer.succeed(Tools, {
    run: (command) =>
      Effect.sync(() => {
        const call = command.join(" ")
        calls.push(call)
        const answer = Object.entries(answers).find(([start]) => call.startsWith(start))?.[1] ?? ""
        const failed = answer.startsWith("!")
        return { code: failed ? 1 : 0, stdout: failed ? "" : answer, stderr: failed ? answer.slice(1) : "" }
      })
  })
  const config = ConfigProvider.layer(ConfigProvider.fromUnknown({ XDG_CONFIG_HOME: join(root, "config") }))
  const services = Layer.mergeAll(Home.at(root), tools, config, NodeFileSystem.layer, NodePath.layer)
  return { calls, root, services }
})

it.live("makes a user's service with systemd, tells how it is, and takes it away again", () =>
  Effect.gen(function* () {
    const { calls, root, services } = yield* machine({
      "systemctl --user show": "ActiveState=active\nSubState=running\nUnitFileState=enabled\n",
      loginctl: "no\n"
    })
    yield* Effect.gen(function* () {
      const { manager, plan } = yield* Service.find(["--port", "1"], linux)
      expect(manager.path).toStartWith(join(root, "config", "systemd", "user", "infernet-"))
      yield* Service.write(manager.path, manager.text(plan))
      expect(readFileSync(manager.path, "utf8")).toContain(`${root}/bin/infernet start --port 1\n`)
      yield* manager.enable
      expect(yield* manager.state).toEqual({ isRunning: true, isEnabled: true, words: "active (running)" })
      expect(yield* manager.hint).toContain("sudo loginctl enable-linger")
      yield* manager.disable
      yield* Service.erase(manager.path)
      yield* manager.forget
      expect(existsSync(manager.path)).toBe(false)
      const name = `${plan.name}.service`
      const verbs = calls
        .filter((call) => call.startsWith("systemctl"))
        .map((call) => call.replace("systemctl --user ", ""))
      expect(verbs.filter((verb) => !verb.startsWith("show"))).toEqual([
        "daemon-reload",
        `enable ${name}`,
        `disable --now ${name}`,
        "daemon-reload"
      ])
    }).pipe(Effect.provide(services))
  })
)

it.live("says what the manager says where it refuses, and what to do where there is none", () =>
  Effect.gen(function* () {
    const { services } = yield* machine({ systemctl: "!Failed to connect to bus: No medium found\nmore" })
    yield* Effect.gen(function* () {
      const { manager } = yield* Service.find([], linux)
      const refused = yield* Effect.flip(manager.enable)
      expect(refused.message).toContain("Failed to connect to bus: No medium found: log in as this user")
      const none = yield* Effect.flip(Service.find([], { ...linux, hasSystemd: false }))
      expect(none.message).toContain("neither systemd nor launchd")
    }).pipe(Effect.provide(services))
  })
)

it.live("loads launchd's only where it is not loaded", () =>
  Effect.gen(function* () {
    const { calls, services } = yield* machine({ "launchctl print": "!Could not find service" })
    yield* Effect.gen(function* () {
      const { manager, plan } = yield* Service.find([], { platform: "darwin", isRoot: true, hasSystemd: false })
      expect(manager.path).toBe(`/Library/LaunchDaemons/${plan.name}.plist`)
      yield* manager.start
      expect(yield* manager.state).toMatchObject({ isRunning: false, words: "not loaded" })
      expect(calls).toContain(`launchctl bootstrap system ${manager.path}`)
    }).pipe(Effect.provide(services))
  })
)
