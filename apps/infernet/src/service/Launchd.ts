/** launchd as the manager of one service: a daemon of the machine for root, else an agent of the user who is logged in. */
import { Effect } from "effect"
import { existsSync } from "node:fs"
import { homedir } from "node:os"
import { join } from "node:path"
import * as launchdPlist from "./launchdPlist.ts"
import type { Manager } from "./Manager.ts"
import { must, Tools } from "./Tools.ts"

const launchctl = (...args: ReadonlyArray<string>) => Effect.asVoid(must(["launchctl", ...args]))

export const make = (name: string, isRoot: boolean): Manager => {
  const folder = isRoot ? "/Library/LaunchDaemons" : join(homedir(), "Library", "LaunchAgents")
  const path = join(folder, `${name}.plist`)
  const domain = isRoot ? "system" : `gui/${process.getuid?.() ?? 0}`
  const print = Effect.flatMap(Tools, ({ run }) => run(["launchctl", "print", `${domain}/${name}`]))
  const state = Effect.map(print, ({ code, stdout }) => {
    const words = /^\s*state = (.*)$/m.exec(stdout)?.[1] ?? "not loaded"
    return { isRunning: words === "running", isEnabled: code === 0 || existsSync(path), words }
  })
  const bootout = launchctl("bootout", `${domain}/${name}`)
  const isLoaded = Effect.map(print, ({ code }) => code === 0)
  return {
    kind: "launchd",
    path,
    text: launchdPlist.plist,
    enable: launchctl("enable", `${domain}/${name}`),
    // Its file says that it runs as soon as it is loaded.
    start: Effect.flatMap(isLoaded, (loaded) =>
      loaded ? launchctl("kickstart", `${domain}/${name}`) : launchctl("bootstrap", domain, path)
    ),
    // Not loaded, it does not come again before the next login.
    stop: bootout,
    disable: Effect.flatMap(isLoaded, (loaded) => (loaded ? bootout : Effect.void)),
    forget: Effect.void,
    state,
    hint: Effect.undefined,
    log: "infernet logs, and logs/service.log in the home"
  }
}
