import { expect } from "bun:test"
import { it } from "@infernet/testing/harness"
import { Effect } from "effect"
import { freshHome, infernet } from "../infernet.ts"

/** Loads what the command prints and asks bash what it would offer behind these words. */
const offered = (script: string, words: ReadonlyArray<string>) =>
  Effect.sync(() => {
    const line = words.join(" ")
    const ask = `COMP_WORDS=(${words.map((word) => `"${word}"`).join(" ")}); COMP_CWORD=${words.length - 1}
      COMP_LINE="${line}"; COMP_POINT=${line.length}; _infernet infernet "${words.at(-1)}"; echo "\${COMPREPLY[@]}"`
    return Bun.spawnSync(["bash", "-c", `${script}\n${ask}`])
      .stdout.toString()
      .trim()
      .split(" ")
  })

it.live("completes commands, those below them and their flags, and says in the script where it goes", () =>
  Effect.gen(function* () {
    const home = yield* freshHome
    const { code, stderr, stdout } = yield* infernet(["completions", "bash"], { home })
    expect({ code, stderr }).toEqual({ code: 0, stderr: "" })
    expect(stdout).toContain('# In ~/.bashrc:\n#   eval "$(infernet completions bash)"')
    expect(yield* offered(stdout, ["infernet", "st"])).toEqual(["start", "stop", "status"])
    expect(yield* offered(stdout, ["infernet", "model", "re"])).toEqual(["remove", "recommend"])
    expect(yield* offered(stdout, ["infernet", "start", "--det"])).toContain("--detach")
    expect(yield* offered(stdout, ["infernet", "completions", ""])).toEqual(["bash", "zsh", "fish"])
    const unknown = yield* infernet(["completions"], { home, env: { SHELL: "/bin/tcsh" } })
    expect(unknown).toMatchObject({ code: 2, stdout: "" })
  })
)
