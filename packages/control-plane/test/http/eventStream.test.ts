import { afterEach, expect, test } from "bun:test"
import { eventStream, type EventStreamOptions } from "@infernet/control-plane/http/eventStream"
import { nativeDialect } from "@infernet/control-plane/http/nativeDialect"
import { JobLog } from "@infernet/control-plane/job/JobLog"

const usage = { prompt_tokens: 1, completion_tokens: 1, total_tokens: 2 }
const completed = { _tag: "Completed", finishReason: "stop", usage } as const
const servers: Array<Bun.Server<undefined>> = []

afterEach(async () => {
  for (const server of servers.splice(0)) await server.stop(true)
})

/** A server that streams one log to whoever asks; to who asks for `/lazy` in a dialect of its own. */
const serve = (options: Partial<EventStreamOptions> = {}, lazy = nativeDialect) => {
  const log = new JobLog()
  log.showToReaders()
  const server = Bun.serve({
    port: 0,
    idleTimeout: 0,
    fetch: ({ url }) => {
      const dialect = url.endsWith("/lazy") ? lazy : nativeDialect
      return eventStream(log, { dialect, after: 0, headers: {}, ...options })
    }
  })
  servers.push(server)
  return { log, server, url: `http://127.0.0.1:${server.port}/` }
}

test("a quiet stream says now and then that it lives, and a busy one does not", async () => {
  const { log, url } = serve({ keepAliveMillis: 30 })
  const response = await fetch(url)
  const reader = response.body?.pipeThrough(new TextDecoderStream()).getReader()
  let text = ""
  while (text.split(": keep-alive\n\n").length < 4) text += (await reader?.read())?.value ?? ""
  log.append("text", "a")
  log.finish(completed)
  for (let part = await reader?.read(); part !== undefined && !part.done; part = await reader?.read())
    text += part.value
  expect(text.replaceAll(": keep-alive\n\n", "")).toBe('id: 1\ndata: {"text":"a"}\n\ndata: [DONE]\n\n')
})

test("a reader that leaves is noticed while the log is silent, once, and not after its end", async () => {
  let left = 0
  const gone = Promise.withResolvers<void>()
  const onGone = () => {
    left += 1
    gone.resolve()
  }
  const { log, url } = serve({ onGone })
  const controller = new AbortController()
  log.append("text", "a")
  const response = await fetch(url, { signal: controller.signal })
  await response.body?.getReader().read()
  controller.abort()
  await gone.promise
  log.finish(completed)
  expect(await (await fetch(url)).text()).toEndWith("[DONE]\n\n")
  expect(left).toBe(1)
})

test("one that reads nothing holds up nobody, and is written no more than its socket takes", async () => {
  let written = 0
  const entry: typeof nativeDialect.entry = (entry, seq) => {
    written += entry.text.length
    return nativeDialect.entry(entry, seq)
  }
  const { log, server, url } = serve({}, { ...nativeDialect, entry })
  const answered = Promise.withResolvers<void>()
  const lazy = await Bun.connect({
    hostname: "127.0.0.1",
    port: server.port ?? 0,
    socket: {
      open: (socket) => void socket.write("GET /lazy HTTP/1.1\r\nHost: x\r\n\r\n"),
      data: (socket) => {
        socket.pause()
        answered.resolve()
      }
    }
  })
  log.append("text", "first")
  await answered.promise

  const eager = (await fetch(url)).body?.pipeThrough(new TextDecoderStream()).getReader()
  let [length, last] = [0, ""]
  const read = async (until: number) => {
    while (length < until) {
      const part = await eager?.read()
      if (part?.value === undefined) throw new Error(`the stream ended after ${length} of ${until} characters`)
      length += part.value.length
      last = part.value
    }
  }
  const piece = { kind: "text", text: "x".repeat(4_096) } as const
  const pieces = 16_384
  let sent = nativeDialect.entry({ kind: "text", text: "first" }, 1).length
  for (let i = 1; i <= pieces; i++) {
    log.append(piece.kind, piece.text)
    sent += nativeDialect.entry(piece, i + 1).length
    // Whatever has reached this reader could have reached the other as well.
    if (i % 256 === 0) await read(sent)
  }
  log.finish(completed)
  await read(sent + nativeDialect.end(completed).length)
  expect(last).toEndWith("data: [DONE]\n\n")
  expect(written).toBeLessThan((pieces * piece.text.length) / 2)
  lazy.terminate()
})
