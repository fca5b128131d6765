/** Does what an operator does with the two commands that a start prints: pastes them into a shell. */
import { Effect } from "effect"
import { tmpdir } from "node:os"

type Environment = Readonly<Record<string, string>>

/** An ordinary login's shell: no Bun, no variables of Infernet, another directory. */
const shell = (command: string, env: Environment) =>
  Effect.promise(async () => {
    const child = Bun.spawn(["/bin/sh", "-c", command], {
      env: { ...env, PATH: "/usr/bin:/bin", HOME: tmpdir() },
      cwd: "/",
      stdin: "ignore",
      stdout: "pipe",
      stderr: "pipe"
    })
    const [stdout, stderr, code] = await Promise.all([
      new Response(child.stdout).text(),
      new Response(child.stderr).text(),
      child.exited
    ])
    if (code !== 0) throw new Error(`${command}\nexited ${code}: ${stderr}`)
    return stdout
  })

/** Runs the `curl` and the `chat` of a start's output; gives what they print. */
export const paste = Effect.fnUntraced(function* (output: string, env: Environment = {}) {
  const curl = /^ {2}(curl (?:.*\\\n)+.*-d '[^']*')$/m.exec(output)?.[1]
  const chat = /^ {2}(\S.* chat ".*")$/m.exec(output)?.[1]
  if (curl === undefined || chat === undefined) return yield* Effect.die(new Error(`no commands in:\n${output}`))
  return { curl: yield* shell(curl, env), chat: yield* shell(chat, env) }
})
