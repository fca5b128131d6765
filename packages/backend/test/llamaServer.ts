/** A real llama-server with the demo model, for the tests that need one; where to find its program, and how to get it. */
import { existsSync } from "node:fs"
import { homedir } from "node:os"
import { join } from "node:path"
import { Effect, Schedule } from "effect"

export const howToGetIt = "run bun scripts/fetch-llama-server.ts"

const cached = join(
  process.env["INFERNET_LLAMA_CACHE"] ?? join(homedir(), ".cache", "infernet", "llama-server"),
  "root/usr/bin/llama-server"
)

/** As named by `INFERNET_LLAMA_SERVER`, as the script fetched it, or on PATH. */
export const program =
  process.env["INFERNET_LLAMA_SERVER"] ?? (existsSync(cached) ? cached : (Bun.which("llama-server") ?? undefined))

export const model = Bun.fileURLToPath(new URL("../assets/tiny-demo-q8_0.gguf", import.meta.url))

export const freePort = () => {
  const listener = Bun.listen({ hostname: "127.0.0.1", port: 0, socket: { data: () => undefined } })
  listener.stop(true)
  return listener.port
}

const healthy = async (url: string) => {
  const response = await fetch(`${url}/health`)
  if (!response.ok) throw new Error(`status ${response.status}`)
}

const slotsOf = async (url: string) =>
  (await fetch(`${url}/slots`)).json() as Promise<ReadonlyArray<{ readonly is_processing: boolean }>>

export interface LlamaServer {
  readonly url: string
  readonly slots: Effect.Effect<ReadonlyArray<{ readonly is_processing: boolean }>>
  /** Ends it without a good-bye. */
  readonly kill: Effect.Effect<void>
}

export const oneModel = ["-m", model, "--alias", "tiny-demo", "-np", "4", "-c", "8192"]

/** Runs one on this port until the scope closes; succeeds once it has its model. One thread: more only spin. */
export const start = Effect.fnUntraced(function* (port: number, serving: ReadonlyArray<string> = oneModel) {
  const args = [...serving, "--host", "127.0.0.1", "--port", String(port), "-t", "1", "--no-webui"]
  const url = `http://127.0.0.1:${port}`
  const server = yield* Effect.acquireRelease(
    Effect.sync(() => Bun.spawn([program ?? "llama-server", ...args], { stdio: ["ignore", "ignore", "ignore"] })),
    (server) =>
      Effect.promise(() => {
        server.kill("SIGKILL")
        return server.exited
      })
  )
  yield* Effect.tryPromise(() => healthy(url)).pipe(
    Effect.retry(Schedule.spaced("50 millis").pipe(Schedule.upTo({ times: 400 })))
  )
  return {
    url,
    slots: Effect.promise(() => slotsOf(url)),
    kill: Effect.promise(async () => {
      server.kill("SIGKILL")
      await server.exited
    })
  } satisfies LlamaServer as LlamaServer
})
