import { describe, expect } from "bun:test"
import { it } from "@infernet/testing/harness"
import { Effect } from "effect"
import { chmodSync, mkdirSync, writeFileSync } from "node:fs"
import { join } from "node:path"
import { plist } from "../../src/service/launchdPlist.ts"
import type { Plan } from "../../src/service/Plan.ts"
import { unit } from "../../src/service/systemdUnit.ts"
import { freshHome } from "../infernet.ts"

const plan: Plan = {
  name: "infernet",
  program: "/home/ann/.infernet/bin/infernet",
  args: ["--port", "8080"],
  home: "/home/ann/.infernet",
  isRoot: false,
  path: "/opt/bun:/usr/bin"
}

/** What a shell, a unit and an XML file would each take apart. */
const odd = { ...plan, program: `/h/a b & "c" <d> 100%$x/infernet`, home: `/h/a b & "c" <d> 100%$x` }

const analyze = Bun.which("systemd-analyze")

/** What systemd itself finds wrong with a unit; nothing where it is not here to be asked. */
const complaints = Effect.fnUntraced(function* (text: string) {
  if (analyze === null) return ""
  const path = join(yield* freshHome, "infernet.service")
  writeFileSync(path, text)
  const child = Bun.spawnSync([analyze, "verify", path], { stdin: "ignore" })
  // Of the machine's own units.
  return child.stderr
    .toString()
    .split("\n")
    .filter((line) => line.includes("infernet"))
    .join("\n")
})

describe("a systemd unit", () => {
  it("starts the launcher in the home, again when it fails, and lets running jobs end", () =>
    Effect.sync(() => {
      const lines = unit(plan).split("\n")
      for (const line of [
        "ExecStart=/bin/sh /home/ann/.infernet/bin/infernet start --port 8080",
        "Environment=INFERNET_STARTED=service",
        "Restart=on-failure",
        "KillMode=mixed",
        "TimeoutStopSec=75",
        "NoNewPrivileges=yes",
        "WantedBy=default.target"
      ]) {
        expect(lines).toContain(line)
      }
      expect(unit(plan)).not.toContain("ProtectSystem")
    }))

  it("shuts root's out of everything but its home", () =>
    Effect.sync(() => {
      const lines = unit({ ...plan, isRoot: true }).split("\n")
      for (const line of [
        "ProtectSystem=strict",
        "ProtectHome=read-only",
        "ReadWritePaths=/home/ann/.infernet /tmp",
        "WantedBy=multi-user.target"
      ]) {
        expect(lines).toContain(line)
      }
    }))

  it("is one that systemd takes, whatever the home is called", () =>
    Effect.gen(function* () {
      const home = join(yield* freshHome, `a b "c" 100%$x`)
      const program = join(home, "bin", "infernet")
      mkdirSync(join(home, "bin"), { recursive: true })
      writeFileSync(program, "#!/bin/sh\n")
      chmodSync(program, 0o755)
      for (const isRoot of [false, true]) {
        const text = unit({ ...plan, home, program, isRoot })
        expect(text).toContain(String.raw`a b \"c\" 100%%`)
        expect(yield* complaints(text)).toBe("")
      }
    }))
})

/** The text of each leaf, in order; dies where elements do not close as they opened. */
const leaves = (xml: string): ReadonlyArray<string> => {
  const open: Array<string> = []
  const found: Array<string> = []
  for (const [, close, name = "", empty, text = ""] of xml.matchAll(/<(\/?)([a-z]+)[^<>]*?(\/?)>([^<]*)/g)) {
    if (close === "/") expect(open.pop()).toBe(name)
    else if (empty !== "/") open.push(name)
    if (text.trim() !== "") found.push(text)
  }
  expect(open).toEqual([])
  return found
}

const unescaped = (text: string) =>
  text.replaceAll("&lt;", "<").replaceAll("&gt;", ">").replaceAll("&quot;", '"').replaceAll("&amp;", "&")

it("writes a property list that is well-formed and says the same, whatever the home is called", () =>
  Effect.sync(() => {
    for (const each of [plan, odd]) {
      const texts = leaves(
        plist(each)
          .split("\n")
          .slice(2)
          .join("\n")
          .replace(/<!--.*-->/, "")
      ).map(unescaped)
      const at = texts.indexOf("ProgramArguments")
      expect(texts.slice(at + 1, at + 5)).toEqual([each.program, "start", "--port", "8080"])
      expect(texts[texts.indexOf("WorkingDirectory") + 1]).toBe(each.home)
      expect(texts[texts.indexOf("ExitTimeOut") + 1]).toBe("75")
      expect(plist(each)).toContain("<key>SuccessfulExit</key>\n\t\t<false/>")
    }
  }))
