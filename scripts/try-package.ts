/**
 * Packs the command and tries it as somebody with Node and nothing else: installed into an empty folder, started,
 * asked, stopped. Ends with what it took; fails where a step does.
 */
import { existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync, symlinkSync, writeFileSync } from "node:fs"
import { tmpdir } from "node:os"
import { delimiter, join } from "node:path"

/** All that is on the disk in the end, the engine included. */
const mebibytesMax = 250

const root = join(import.meta.dir, "..")
const place = mkdtempSync(join(tmpdir(), "infernet-package-"))
const [folder, home] = [join(place, "empty"), join(place, "home")]
const started = performance.now()

const say = (text: string) => process.stdout.write(`${((performance.now() - started) / 1000).toFixed(1)} s  ${text}\n`)

/** Without this project's own programs, and without any Bun: a directory that holds one is had without it. */
const withoutBun = (directory: string, index: number): ReadonlyArray<string> => {
  if (directory.includes("node_modules") || !existsSync(directory)) return []
  if (!existsSync(join(directory, "bun"))) return [directory]
  const shadow = join(place, `path-${index}`)
  mkdirSync(shadow)
  for (const name of readdirSync(directory)) {
    if (name !== "bun" && name !== "bunx") symlinkSync(join(directory, name), join(shadow, name))
  }
  return [shadow]
}
const path = (process.env["PATH"] ?? "").split(delimiter).flatMap(withoutBun).join(delimiter)
const env = { ...process.env, PATH: path, HOME: place, INFERNET_HOME: home, npm_config_cache: join(place, "npm") }

/** npm's own settings are the machine's, such as which registry it asks. */
const npmrc = join(process.env["HOME"] ?? "", ".npmrc")
if (existsSync(npmrc)) writeFileSync(join(place, ".npmrc"), await Bun.file(npmrc).text(), { mode: 0o600 })

const run = async (command: ReadonlyArray<string>, cwd = folder): Promise<string> => {
  const child = Bun.spawn([...command], {
    cwd,
    env: command[0] === process.execPath ? process.env : env,
    stdin: "ignore",
    stderr: "pipe"
  })
  const [out, err, code] = await Promise.all([
    new Response(child.stdout).text(),
    new Response(child.stderr).text(),
    child.exited
  ])
  // npx and bunx say of themselves that they were interrupted.
  if (code !== 0 && code !== 130) throw new Error(`${command.join(" ")} ended with ${code}:\n${out}${err}`)
  return out
}

const freePort = (): number => {
  const listener = Bun.listen({ hostname: "127.0.0.1", port: 0, socket: { data: () => undefined } })
  listener.stop(true)
  return listener.port
}

const mebibytes = async (directory: string): Promise<number> =>
  Number((await run(["du", "-sk", directory])).split("\t")[0]) / 1024

/** A program whose words are kept, so that it can be waited for and, where it fails, quoted. */
const listenTo = (output: ReadableStream<Uint8Array>) => {
  let text = ""
  const isReady = Promise.withResolvers<void>()
  const decoder = new TextDecoder()
  const done = (async () => {
    for await (const chunk of output) {
      text += decoder.decode(chunk, { stream: true })
      if (text.includes("\nready ")) isReady.resolve()
    }
    isReady.reject(new Error(`it ended before it was ready:\n${text}`))
  })()
  return { ready: isReady.promise, done, text: () => text }
}

try {
  await Bun.write(join(folder, "package.json"), "{}\n")
  await run([process.execPath, "pm", "pack", "--destination", place], join(root, "apps/infernet"))
  const tarball = readdirSync(place).find((name) => name.endsWith(".tgz"))
  if (tarball === undefined) throw new Error("bun pm pack made no tarball")
  say(`packed ${tarball}, ${(Bun.file(join(place, tarball)).size / 2 ** 20).toFixed(1)} MiB`)

  await run(["npx", "-y", "bun@1.4.5", "add", join(place, tarball)])
  say(`installed, ${(await mebibytes(join(folder, "node_modules"))).toFixed(0)} MiB`)

  const network = Bun.spawn(["npx", "-y", "bun@1.4.5", "x", "infernet", "start", "--port", String(freePort())], {
    cwd: folder,
    env: { ...env, INFERNET_BACKEND: "embedded" },
    stdio: ["ignore", "pipe", "inherit"],
    detached: true
  })
  const heard = listenTo(network.stdout)
  await heard.ready
  const engine = await mebibytes(join(home, "engine"))
  say(`ready, with an engine of ${engine.toFixed(0)} MiB fetched for this machine`)

  const answer = await run([join(home, "bin/infernet"), "chat", "What is the capital of France?"])
  if (!answer.includes("Paris")) throw new Error(`asked for a capital, it said: ${answer}`)
  say(`asked: ${answer.trim().split("\n")[0]}`)

  // Ctrl-C reaches everything that the terminal runs.
  process.kill(-network.pid, "SIGINT")
  const code = await network.exited
  // npx and bunx say of themselves that they were interrupted.
  if (code !== 0 && code !== 130) throw new Error(`stopped, it ended with ${code}:\n${heard.text()}`)
  if (!heard.text().includes("\nstopping")) throw new Error(`it did not stop in order:\n${heard.text()}`)
  say("stopped")

  const all = (await mebibytes(join(folder, "node_modules"))) + engine
  if (all > mebibytesMax) throw new Error(`${all.toFixed(0)} MiB are on the disk, ${mebibytesMax} are promised`)
  say(`${all.toFixed(0)} MiB on the disk in all`)
} finally {
  rmSync(place, { recursive: true, force: true })
}
