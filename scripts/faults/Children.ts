/** Processes that a run starts: each can be signalled, waited for by what it prints, and is gone when the run is. */
import { join } from "node:path"
import { tmpdir } from "node:os"

const root = join(import.meta.dir, "..", "..")
export const main = join(root, "apps", "infernet", "src", "main.ts")
export const backendScript = join(root, "bench", "backend.ts")

export class Child {
  readonly name: string
  readonly #process: Bun.Subprocess<"ignore", "pipe", "pipe">
  #output = ""
  readonly #waiting = new Set<() => void>()
  readonly #read: Promise<void>

  constructor(name: string, command: ReadonlyArray<string>, env: Record<string, string>) {
    if (isOver) throw new Error("the run is over")
    this.name = name
    this.#process = Bun.spawn([...command], {
      env: { PATH: process.env["PATH"] ?? "/usr/local/bin:/usr/bin:/bin", HOME: tmpdir(), ...env },
      cwd: tmpdir(),
      stdin: "ignore",
      stdout: "pipe",
      stderr: "pipe",
      // A Ctrl-C at the terminal is for the run itself, which stops these in order.
      detached: true
    })
    this.#read = Promise.all([this.#collect(this.#process.stdout), this.#collect(this.#process.stderr)]).then(() =>
      this.#wake()
    )
    all.add(this)
    void this.#process.exited.then(() => all.delete(this))
  }

  async #collect(stream: ReadableStream<Uint8Array>): Promise<void> {
    const decoder = new TextDecoder()
    for await (const piece of stream) {
      this.#output += decoder.decode(piece, { stream: true })
      this.#wake()
    }
  }

  #wake(): void {
    for (const look of this.#waiting) look()
  }

  get output(): string {
    return this.#output
  }

  /** What the pattern's first group holds, as soon as the output matches. */
  until(pattern: RegExp): Promise<string> {
    return new Promise((resolve, reject) => {
      const look = () => {
        const found = pattern.exec(this.#output)
        if (found === null) return
        this.#waiting.delete(look)
        resolve(found[1] ?? "")
      }
      this.#waiting.add(look)
      look()
      void this.#read.then(() => reject(new Error(`${this.name} ended without ${pattern}:\n${this.#output}`)))
    })
  }

  signal(signal: NodeJS.Signals): void {
    this.#process.kill(signal)
  }

  /** `kill -9`, done when the process is gone. */
  async kill(): Promise<void> {
    this.#process.kill("SIGKILL")
    await this.#process.exited
  }

  get exited(): Promise<number> {
    return this.#process.exited
  }

  /** Asks it to end, and insists after five seconds. */
  async stop(): Promise<void> {
    this.#process.kill("SIGCONT")
    this.#process.kill("SIGTERM")
    const insist = setTimeout(() => this.#process.kill("SIGKILL"), 5_000)
    await this.#process.exited
    clearTimeout(insist)
  }
}

const all = new Set<Child>()
let isOver = false

/** Ends whatever still runs. */
export const stopAll = (): Promise<unknown> => Promise.all([...all].map((child) => child.stop()))

/** The same for good: what is still at work can start nothing any more. */
export const endRun = (): Promise<unknown> => {
  isOver = true
  return stopAll()
}

/** Runs a command to its end and gives what it wrote to its standard output. */
export const outputOf = async (
  name: string,
  command: ReadonlyArray<string>,
  env: Record<string, string> = {}
): Promise<string> => {
  const child = new Child(name, command, env)
  const code = await child.exited
  if (code !== 0) throw new Error(`${name} exited ${code}:\n${child.output}`)
  return child.output
}
