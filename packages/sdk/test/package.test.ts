import { afterAll, beforeAll, describe, expect, test } from "bun:test"
import { cpSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs"
import { tmpdir } from "node:os"
import { dirname, join } from "node:path"
import { buildInto } from "../scripts/build.ts"

const root = join(import.meta.dir, "..", "..", "..")
const place = mkdtempSync(join(tmpdir(), "infernet-sdk-"))
const dist = join(place, "dist")

let built: Awaited<ReturnType<typeof buildInto>>
beforeAll(async () => {
  built = await buildInto(dist)
}, 60_000)
afterAll(() => rmSync(place, { recursive: true, force: true }))

/** Every file that a declaration leads to, and every package that it names. */
const reach = (file: string, files = new Set<string>(), packages = new Set<string>()) => {
  if (files.has(file)) return { files, packages }
  files.add(file)
  for (const [, specifier = ""] of readFileSync(file, "utf8").matchAll(/(?:from|import\(?)\s*"([^"]+)"/g)) {
    if (specifier.startsWith(".")) reach(join(dirname(file), specifier.replace(/\.js$/, ".d.ts")), files, packages)
    else packages.add(specifier.split("/")[0] ?? specifier)
  }
  return { files, packages }
}

/** Somebody's folder with the package installed, and what else there is. */
const folder = (name: string, others: Readonly<Record<string, string>>, files: Readonly<Record<string, string>>) => {
  const home = join(place, name)
  mkdirSync(join(home, "node_modules", "@infernet"), { recursive: true })
  cpSync(dist, join(home, "node_modules", "@infernet", "sdk"), { recursive: true })
  for (const [name, target] of Object.entries(others)) symlinkSync(target, join(home, "node_modules", name))
  for (const [name, text] of Object.entries(files)) writeFileSync(join(home, name), text)
  return home
}

const run = async (command: ReadonlyArray<string>, cwd: string) => {
  const child = Bun.spawn([...command], { cwd, stdin: "ignore", stderr: "pipe" })
  const [out, err] = await Promise.all([new Response(child.stdout).text(), new Response(child.stderr).text()])
  return { code: await child.exited, said: (out + err).trim() }
}

const compilerOptions = {
  strict: true,
  exactOptionalPropertyTypes: true,
  noEmit: true,
  target: "ESNext",
  module: "NodeNext",
  lib: ["ESNext", "DOM"],
  types: []
}

const use = `
import { Infernet, InfernetError, type ChatEvent } from "@infernet/sdk"
const infernet = new Infernet({ apiKey: "inft_x" })
const text: Promise<string> = infernet.chat({ model: "m", messages: [{ role: "user", content: "hi" }] }).then((a) => a.content)
const event: ChatEvent = { text: "a" }
export const words: string | undefined = event.text
export const isOurs = (error: unknown): boolean => error instanceof InfernetError && error.code === "conflict"
export { text }
`

const useEffect = `
import { Infernet, type ChatFailure } from "@infernet/sdk/effect"
import { Effect } from "effect"
const program = Effect.gen(function* () {
  const infernet = yield* Infernet
  return (yield* infernet.chat({ model: "m", messages: [{ role: "user", content: "hi" }] })).content
}).pipe(Effect.catchTag("NoCapacity", (error) => Effect.succeed(error.error_message)))
export const checked: Effect.Effect<string, Exclude<ChatFailure, { _tag: "NoCapacity" }>, Infernet> = program
`

const runEffect = `
import { Infernet } from "@infernet/sdk/effect"
import { Effect, Layer, Redacted, Stream } from "effect"
import { FetchHttpClient } from "effect/http"
const answer = 'id: 1\\ndata: {"text":"an Effect"}\\n\\ndata: [DONE]\\n\\n'
const fetch = async () => new Response(answer, { headers: { "x-infernet-job": "job_" + "0".repeat(20) } })
const http = Layer.provide(FetchHttpClient.layer, Layer.succeed(FetchHttpClient.Fetch, fetch))
const layer = Infernet.layer({ apiKey: Redacted.make("inft_x") }).pipe(Layer.provide(http))
const chat = Stream.unwrap(Effect.map(Infernet, (i) => i.chatStream({ model: "m", messages: [{ role: "user", content: "hi" }] })))
await Effect.runPromise(Stream.runForEach(chat, ({ text }) => Effect.sync(() => console.log(text))).pipe(Effect.provide(layer)))
`

describe("the package", () => {
  test("the plain entry carries no Effect, in code or in types, and imports nothing", async () => {
    const inputs = Object.keys(built.index.inputs)
    expect(inputs.filter((file) => !/(^|\/)src\/[A-Za-z]+\.ts$/.test(file) || file.includes("node_modules"))).toEqual(
      []
    )
    const scanned = new Bun.Transpiler({ loader: "js" }).scanImports(await Bun.file(join(dist, "index.js")).text())
    expect(scanned).toEqual([])
    const { files, packages } = reach(join(dist, "types/sdk/src/index.d.ts"))
    expect([...packages]).toEqual([])
    expect([...files].filter((file) => file.includes("contract"))).toEqual([])
  })

  test("the Effect entry brings the contract, and imports effect only", () => {
    const { packages } = reach(join(dist, "types/sdk/src/effect.d.ts"))
    expect([...packages]).toEqual(["effect"])
    const inputs = Object.keys(built.effect.inputs)
    expect(inputs.filter((file) => file.includes("node_modules/effect"))).toEqual([])
    const external = Object.values(built.effect.inputs).flatMap(({ imports }) =>
      imports.filter(({ external }) => external).map(({ path }) => path.split("/")[0])
    )
    expect([...new Set(external)]).toEqual(["effect"])
  })

  test("the plain entry is under 8 kB gzipped, as it is published", async () => {
    const bytes = Bun.gzipSync(await Bun.file(join(dist, "index.js")).bytes(), { level: 9 }).length
    expect(bytes).toBeGreaterThan(1_000)
    expect(bytes).toBeLessThan(8_000)
  })

  test("type-checks where there is no effect, libraries and all", async () => {
    const tsconfig = JSON.stringify({ compilerOptions: { ...compilerOptions, skipLibCheck: false } })
    const home = folder("plain", {}, { "use.ts": use, "tsconfig.json": tsconfig, "package.json": '{"type":"module"}' })
    expect(await run([join(root, "node_modules/.bin/tsc"), "-p", home], home)).toEqual({ code: 0, said: "" })
  }, 30_000)

  test("type-checks and runs where there is effect", async () => {
    const tsconfig = JSON.stringify({ compilerOptions: { ...compilerOptions, skipLibCheck: true } })
    const effect = join(root, "node_modules/effect")
    const files = { "use.ts": useEffect, "tsconfig.json": tsconfig, "package.json": '{"type":"module"}' }
    const home = folder("effect", { effect }, { ...files, "run.mjs": runEffect })
    expect(await run([join(root, "node_modules/.bin/tsc"), "-p", home], home)).toEqual({ code: 0, said: "" })
    expect(await run([process.execPath, "run.mjs"], home)).toEqual({ code: 0, said: "an Effect" })
  }, 30_000)

  test("runs under Node", async () => {
    const home = folder(
      "node",
      {},
      {
        "use.mjs": `
        import { Infernet } from "@infernet/sdk"
        const answers = ['id: 1\\ndata: {"text":"over "}\\n\\n', 'id: 2\\ndata: {"text":"Node"}\\n\\ndata: [DONE]\\n\\n']
        const fetch = async () => new Response(answers.shift(), { headers: { "x-infernet-job": "job_1" } })
        const stream = new Infernet({ apiKey: "inft_x", fetch }).chat.stream({ model: "m", messages: [] })
        console.log(await stream.text())`
      }
    )
    expect(await run(["node", "use.mjs"], home)).toEqual({ code: 0, said: "over Node" })
  })

  test("names files that are there, and shows its examples as they are run", () => {
    const manifest = JSON.parse(readFileSync(join(dist, "package.json"), "utf8"))
    const entries = [manifest.exports["."], manifest.exports["./effect"]]
    expect(
      entries.flatMap(Object.values<string>).filter((file) => readFileSync(join(dist, file)).length === 0)
    ).toEqual([])
    expect([manifest.private, manifest.dependencies]).toEqual([undefined, undefined])
    const readme = readFileSync(join(dist, "README.md"), "utf8")
    const examples = join(import.meta.dir, "..", "examples")
    const shown = readdirSync(examples).filter((name) => readme.includes(readFileSync(join(examples, name), "utf8")))
    expect(shown).toEqual(readdirSync(examples))
  })
})
