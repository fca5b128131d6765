/** A launchd property list: an agent of the user who is logged in, or root's daemon. */
import { join } from "node:path"
import { type Plan, stopSeconds } from "./Plan.ts"

const escape = (text: string): string =>
  text.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;").replaceAll('"', "&quot;")

type Value = string | number | boolean | ReadonlyArray<Value> | { readonly [key: string]: Value }

const isArray = (value: Value): value is ReadonlyArray<Value> => Array.isArray(value)

const element = (value: Value, indent: string): string => {
  if (typeof value === "string") return `${indent}<string>${escape(value)}</string>`
  if (typeof value === "number") return `${indent}<integer>${value}</integer>`
  if (typeof value === "boolean") return `${indent}<${value}/>`
  const inner = `${indent}\t`
  if (isArray(value))
    return [`${indent}<array>`, ...value.map((each) => element(each, inner)), `${indent}</array>`].join("\n")
  const entries = Object.entries(value).map(
    ([key, each]) => `${inner}<key>${escape(key)}</key>\n${element(each, inner)}`
  )
  return [`${indent}<dict>`, ...entries, `${indent}</dict>`].join("\n")
}

/** What a start prints is in its log too; only the words of a crash are nowhere else. */
const settings = ({ args, home, name, path, program }: Plan): Value => ({
  Label: name,
  ProgramArguments: [program, "start", ...args],
  EnvironmentVariables: { INFERNET_STARTED: "service", PATH: path },
  WorkingDirectory: home,
  RunAtLoad: true,
  KeepAlive: { SuccessfulExit: false },
  ThrottleInterval: 10,
  ExitTimeOut: stopSeconds,
  // Else the system slows it down as if nobody waited for its answers.
  ProcessType: "Interactive",
  Umask: 0o77,
  SoftResourceLimits: { NumberOfFiles: 65_536 },
  HardResourceLimits: { NumberOfFiles: 65_536 },
  StandardOutPath: "/dev/null",
  StandardErrorPath: join(home, "logs", "service.log")
})

export const plist = (plan: Plan): string =>
  [
    '<?xml version="1.0" encoding="UTF-8"?>',
    '<!DOCTYPE plist PUBLIC "-//Apple//DTD PLIST 1.0//EN" "http://www.apple.com/DTDs/PropertyList-1.0.dtd">',
    "<!-- Written by `infernet service install`; `infernet service uninstall` removes it. -->",
    '<plist version="1.0">',
    element(settings(plan), ""),
    "</plist>",
    ""
  ].join("\n")
