/**
 * What the whole path adds to a stream: client → control plane → daemon → backend and back, against the backend alone.
 *
 * Run: `bun bench/stream.ts`. The network runs as it ships, in one process with its embedded PostgreSQL; the backend and
 * this client are processes of their own, all on one machine. Each figure is the median of `rounds` rounds, in which
 * direct and through-the-network runs take turns. Every stream is checked: all tokens, in order, then `[DONE]`.
 */
import { mkdtempSync, readFileSync, rmSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"

const rounds = Number(process.env["ROUNDS"] ?? 3)
const home = mkdtempSync(join(tmpdir(), "infernet-bench-"))
const port = 46_000 + (process.pid % 1_000)
const url = `http://127.0.0.1:${port}`
const env = { ...process.env, BUN_CONFIG_MAX_HTTP_REQUESTS: "20000" }

if (process.env["BUN_CONFIG_MAX_HTTP_REQUESTS"] === undefined && typeof process.execve === "function") {
  process.execve(process.execPath, process.argv, env)
}

const firstLine = async (output: ReadableStream<Uint8Array>, matches: RegExp): Promise<string> => {
  let text = ""
  for await (const part of output.pipeThrough(new TextDecoderStream() as never) as unknown as AsyncIterable<string>) {
    text += part
    const found = matches.exec(text)
    if (found !== null) return found[1] ?? ""
  }
  throw new Error(`no line like ${matches} in: ${text}`)
}

const bun = (args: ReadonlyArray<string>, more: Record<string, string> = {}) =>
  Bun.spawn([process.execPath, ...args], { env: { ...env, ...more }, stdout: "pipe", stderr: "inherit" })

const backend = bun([join(import.meta.dir, "backend.ts")])
const backendUrl = `http://127.0.0.1:${await firstLine(backend.stdout, /^(\d+)\n/)}`
const network = bun(
  [join(import.meta.dir, "..", "apps", "infernet", "src", "main.ts"), "start", "--port", String(port)],
  {
    INFERNET_HOME: home,
    INFERNET_BACKEND: backendUrl
  }
)
await firstLine(network.stdout, /ready {2}(http\S+)/)
const key = readFileSync(join(home, "keys", "client.key"), "utf8").trim()

interface Sample {
  readonly first: number
  readonly total: number
}

const one = async (base: string, tokens: number, gap: number): Promise<Sample> => {
  const started = performance.now()
  const response = await fetch(`${base}/v1/chat/completions`, {
    method: "POST",
    headers: { "content-type": "application/json", authorization: `Bearer ${key}` },
    body: JSON.stringify({
      model: "bench-model",
      stream: true,
      max_tokens: tokens,
      messages: [{ role: "user", content: `gap ${gap}` }]
    })
  })
  if (response.body === null || !response.ok) throw new Error(`${base}: ${response.status} ${await response.text()}`)
  const decoder = new TextDecoder()
  let first = 0
  let text = ""
  for await (const part of response.body) {
    text += decoder.decode(part, { stream: true })
    if (first === 0 && text.includes('"content":"w')) first = performance.now() - started
  }
  const words = [...text.matchAll(/"content":"w(\d+) "/g)].map(([, number]) => Number(number))
  if (words.length !== tokens || words.some((word, i) => word !== i)) throw new Error(`${base}: tokens lost or doubled`)
  if (!text.endsWith("data: [DONE]\n\n")) throw new Error(`${base}: no end`)
  return { first, total: performance.now() - started }
}

/** `count` streams, `concurrency` at a time. */
const run = async (base: string, count: number, concurrency: number, tokens: number, gap: number) => {
  const samples: Array<Sample> = []
  let left = count
  const started = performance.now()
  const worker = async () => {
    while (left-- > 0) samples.push(await one(base, tokens, gap))
  }
  await Promise.all(Array.from({ length: concurrency }, worker))
  return { samples, seconds: (performance.now() - started) / 1000 }
}

const quantile = (values: ReadonlyArray<number>, q: number): number =>
  values.toSorted((a, b) => a - b)[Math.min(values.length - 1, Math.floor(q * values.length))] ?? 0

/** User and system seconds that the network's process has used, from the kernel's accounting. */
const cpuSeconds = (): number => {
  const fields = readFileSync(`/proc/${network.pid}/stat`, "utf8").split(") ")[1]?.split(" ") ?? []
  return (Number(fields[11]) + Number(fields[12])) / 100
}

const residentMegabytes = (): number =>
  Number(/VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${network.pid}/status`, "utf8"))?.[1] ?? 0) / 1024

const cases = [
  { name: "1 stream, 16 tokens 2 ms apart", count: 200, concurrency: 1, tokens: 16, gap: 2 },
  { name: "32 streams, 64 tokens 5 ms apart", count: 256, concurrency: 32, tokens: 64, gap: 5 },
  { name: "200 streams, 64 tokens 20 ms apart", count: 600, concurrency: 200, tokens: 64, gap: 20 },
  { name: "saturated: 64 streams, 256 tokens at once", count: 512, concurrency: 64, tokens: 256, gap: 0 }
]

const fixed = (value: number, digits = 2) => value.toFixed(digits)
const median = (values: ReadonlyArray<number>) => quantile(values, 0.5)

try {
  await run(url, 200, 16, 16, 0)
  await run(backendUrl, 200, 16, 16, 0)
  process.stdout.write(
    "| case | first token direct p50 / p99 ms | through p50 / p99 ms | added p50 ms | tokens/s through | CPU µs/token |\n"
  )
  process.stdout.write("| --- | --- | --- | --- | --- | --- |\n")
  for (const { concurrency, count, gap, name, tokens } of cases) {
    const rows: Array<{
      direct: readonly [number, number]
      through: readonly [number, number]
      rate: number
      cpu: number
    }> = []
    for (let round = 0; round < rounds; round++) {
      const direct = await run(backendUrl, count, concurrency, tokens, gap)
      const before = cpuSeconds()
      const through = await run(url, count, concurrency, tokens, gap)
      const cpu = cpuSeconds() - before
      const firsts = (samples: ReadonlyArray<Sample>) => samples.map(({ first }) => first)
      rows.push({
        direct: [quantile(firsts(direct.samples), 0.5), quantile(firsts(direct.samples), 0.99)] as const,
        through: [quantile(firsts(through.samples), 0.5), quantile(firsts(through.samples), 0.99)] as const,
        rate: (count * tokens) / through.seconds,
        cpu: (cpu * 1e6) / (count * tokens)
      })
    }
    const of = (pick: (row: (typeof rows)[number]) => number) => median(rows.map(pick))
    const cells = [
      name,
      `${fixed(of((row) => row.direct[0]))} / ${fixed(of((row) => row.direct[1]))}`,
      `${fixed(of((row) => row.through[0]))} / ${fixed(of((row) => row.through[1]))}`,
      fixed(of((row) => row.through[0] - row.direct[0])),
      fixed(
        of((row) => row.rate),
        0
      ),
      fixed(
        of((row) => row.cpu),
        1
      )
    ]
    process.stdout.write(`| ${cells.join(" | ")} |\n`)
  }
  process.stdout.write(
    `\nresident after all: ${fixed(residentMegabytes(), 0)} MB (control plane and daemon in one process)\n`
  )
} finally {
  network.kill("SIGTERM")
  backend.kill()
  await network.exited
  rmSync(home, { recursive: true, force: true })
}
