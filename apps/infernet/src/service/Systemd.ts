/** systemd as the manager of one service: the whole machine's for root, else the user's own. */
import { Effect } from "effect"
import { userInfo } from "node:os"
import { join } from "node:path"
import type { Manager } from "./Manager.ts"
import * as systemdUnit from "./systemdUnit.ts"
import { must, Tools } from "./Tools.ts"

const asUser = ": log in as this user rather than through su or sudo, or install it as root"

export const make = (name: string, isRoot: boolean, configHome: string): Manager => {
  const scope = isRoot ? [] : ["--user"]
  const service = `${name}.service`
  const systemctl = (...args: ReadonlyArray<string>) =>
    must(["systemctl", ...scope, ...args], isRoot ? "" : asUser).pipe(Effect.asVoid)
  const show = ["systemctl", ...scope, "show", service, "-p", "ActiveState,SubState,UnitFileState"] as const
  const lingers = Effect.gen(function* () {
    const { run } = yield* Tools
    const { stdout } = yield* run(["loginctl", "show-user", userInfo().username, "-p", "Linger", "--value"])
    return stdout.trim() === "yes"
  })
  return {
    kind: "systemd",
    path: isRoot ? `/etc/systemd/system/${service}` : join(configHome, "systemd", "user", service),
    text: systemdUnit.unit,
    enable: Effect.andThen(systemctl("daemon-reload"), systemctl("enable", service)),
    start: Effect.andThen(systemctl("reset-failed", service).pipe(Effect.ignore), systemctl("start", service)),
    stop: systemctl("stop", service),
    disable: systemctl("disable", "--now", service),
    forget: systemctl("daemon-reload"),
    state: Effect.map(must(show, isRoot ? "" : asUser), (text) => {
      const fact = (key: string) => new RegExp(`^${key}=(.*)$`, "m").exec(text)?.[1] ?? ""
      const active = fact("ActiveState")
      return {
        isRunning: active === "active" || active === "reloading" || active === "deactivating",
        isEnabled: fact("UnitFileState") === "enabled",
        words: `${active} (${fact("SubState")})`
      }
    }),
    hint: isRoot
      ? Effect.undefined
      : Effect.map(lingers, (on) =>
          on
            ? undefined
            : `it ends when you log out, unless you run: sudo loginctl enable-linger ${userInfo().username}`
        ),
    log: `journalctl ${isRoot ? "" : "--user "}-u ${name}`
  }
}
