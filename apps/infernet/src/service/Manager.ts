/** The system's service manager, as far as one service of it is concerned. */
import { Config, Effect, Option } from "effect"
import { existsSync } from "node:fs"
import { homedir } from "node:os"
import { join } from "node:path"
import type { Failure } from "../terminal/exit.ts"
import * as Launchd from "./Launchd.ts"
import type { Plan } from "./Plan.ts"
import * as Systemd from "./Systemd.ts"
import type { Tools } from "./Tools.ts"

/** Whether it runs, and whether it starts with the machine or the login. */
export interface State {
  readonly isRunning: boolean
  readonly isEnabled: boolean
  /** In the manager's own words. */
  readonly words: string
}

type Did = Effect.Effect<void, Failure, Tools>

export interface Manager {
  readonly kind: "systemd" | "launchd"
  /** Where its file lies. */
  readonly path: string
  readonly text: (plan: Plan) => string
  /** The file is there: takes it up, to start with the machine or the login. */
  readonly enable: Did
  readonly start: Did
  /** Done when it has stopped. */
  readonly stop: Did
  /** Stops it and lets go of it; its file goes afterwards. */
  readonly disable: Did
  /** Its file is gone. */
  readonly forget: Did
  readonly state: Effect.Effect<State, Failure, Tools>
  /** What the operator should know or do, if anything. */
  readonly hint: Effect.Effect<string | undefined, Failure, Tools>
  /** Where it tells why it does not start. */
  readonly log: string
}

const configHome = Config.option(Config.NonEmptyString("XDG_CONFIG_HOME"))

export interface System {
  readonly platform: NodeJS.Platform
  readonly isRoot: boolean
  /** Whether systemd runs here, rather than being installed. */
  readonly hasSystemd: boolean
}

export const thisSystem = (): System => ({
  platform: process.platform,
  isRoot: process.getuid?.() === 0,
  hasSystemd: existsSync("/run/systemd/system")
})

/** The one that this kind of system has, whether or not it runs here. */
export const managerOf = Effect.fnUntraced(function* (name: string, { isRoot, platform }: System) {
  if (platform === "darwin") return Launchd.make(name, isRoot)
  return Systemd.make(
    name,
    isRoot,
    Option.getOrElse(yield* configHome, () => join(homedir(), ".config"))
  )
})
