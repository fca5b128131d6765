/** A backend whose speed is known, as a process of the test's own. */
import { Effect } from "effect"
import { join } from "node:path"

const script = join(import.meta.dir, "..", "..", "..", "..", "bench", "backend.ts")

const firstLine = async (stream: ReadableStream<Uint8Array>): Promise<string> => {
  const decoder = new TextDecoder()
  let text = ""
  for await (const piece of stream) {
    text += decoder.decode(piece, { stream: true })
    if (text.includes("\n")) break
  }
  return text.trim()
}

/** Its address; ended with the scope. */
export const backend = Effect.acquireRelease(
  Effect.promise(async () => {
    const child = Bun.spawn([process.execPath, script, "0"], { stdin: "ignore", stdout: "pipe", stderr: "ignore" })
    return { child, url: `http://127.0.0.1:${await firstLine(child.stdout)}` }
  }),
  ({ child }) =>
    Effect.promise(() => {
      child.kill()
      return child.exited
    })
).pipe(Effect.map(({ url }) => url))
