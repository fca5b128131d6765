/** Does what a reader of a page does: pastes its shell lines into one shell, and runs its programs beside it. */
import { mkdirSync, symlinkSync, writeFileSync } from "node:fs"
import { dirname, join } from "node:path"
import type { Snippet } from "./blocks.ts"

const root = join(import.meta.dir, "../../../..")

const ofOthers = [
  "openai",
  "@anthropic-ai/sdk",
  "ollama",
  "ai",
  "@ai-sdk/openai-compatible",
  "@langchain/core",
  "@langchain/openai"
]

/** What a program of the page may import, and where that is. */
const installed: ReadonlyArray<readonly [name: string, place: string]> = [
  ["@infernet/sdk", "packages/sdk"],
  ["bun-types", "node_modules/bun-types"],
  ...ofOthers.map((name) => [name, `node_modules/${name}`] as const)
]

const run = async (command: ReadonlyArray<string>, cwd: string, env: Record<string, string>) => {
  const child = Bun.spawn([...command], { cwd, env, stdin: "ignore", stdout: "pipe", stderr: "pipe" })
  const [stdout, stderr, code] = await Promise.all([
    new Response(child.stdout).text(),
    new Response(child.stderr).text(),
    child.exited
  ])
  return { code, stdout, said: `${stdout}${stderr}` }
}

/** Between what a shell prints and the variables that it ends with. */
const mark = "\u001e"

export class Reader {
  readonly #folder: string
  /** The shell's variables and functions, which the next lines find as the last ones left them. */
  #env: Record<string, string>

  /** Its programs are put into `folder`, which is its own. */
  constructor(folder: string) {
    this.#folder = folder
    // None of this machine's own settings, which a reader does not have.
    this.#env = { PATH: process.env["PATH"] ?? "", HOME: folder }
    for (const [name, place] of installed) {
      const link = join(folder, "node_modules", name)
      mkdirSync(dirname(link), { recursive: true })
      symlinkSync(join(root, place), link)
    }
  }

  /** What these lines print. */
  async shell(code: string): Promise<string> {
    const script = `set -ae\n${code}\nset +a\nprintf '${mark}'\nenv -0`
    const { code: exit, said, stdout } = await run(["bash", "-c", script], this.#folder, this.#env)
    const [printed = "", left] = stdout.split(mark)
    if (exit !== 0 || left === undefined) throw new Error(`exit code ${exit}: ${said}`)
    this.#env = Object.fromEntries(
      left.split("\0").flatMap((line) => {
        const at = line.indexOf("=")
        return at > 0 ? [[line.slice(0, at), line.slice(at + 1)]] : []
      })
    )
    return printed
  }

  /** What this program prints. */
  async program(snippet: Snippet): Promise<string> {
    const file = this.#write(snippet)
    const preload = snippet.mark === "page" ? ["--preload", join(import.meta.dir, "page.ts")] : []
    const { code, said, stdout } = await run([process.execPath, ...preload, file], this.#folder, this.#env)
    if (code !== 0) throw new Error(`exit code ${code}: ${said}`)
    return stdout
  }

  /** What the type checker has against these programs. */
  async types(snippets: ReadonlyArray<Snippet>): Promise<string> {
    const config = {
      compilerOptions: {
        target: "ESNext",
        module: "Preserve",
        strict: true,
        noEmit: true,
        skipLibCheck: true,
        lib: ["ESNext", "DOM", "DOM.Iterable"],
        types: ["bun-types"],
        // The SDK is read as it is written here, not as it is published.
        allowImportingTsExtensions: true
      },
      files: snippets.map((snippet) => this.#write(snippet))
    }
    const project = join(this.#folder, "tsconfig.json")
    writeFileSync(project, JSON.stringify(config))
    const compiler = join(root, "node_modules/.bin/tsc")
    return (await run([process.execPath, compiler, "-p", project], this.#folder, this.#env)).said
  }

  #write({ code, language, line }: Snippet): string {
    const file = join(this.#folder, `line${line}.${language}`)
    writeFileSync(file, `${code}\nexport {}\n`)
    return file
  }
}
