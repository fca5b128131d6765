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

/** A server that streams one log to whoever asks. */
const serve = (options: Partial<EventStreamOptions> = {}) => {
  const log = new JobLog()
  log.showToReaders()
  const server = Bun.serve({
    port: 0,
    idleTimeout: 0,
    fetch: () => eventStream(log, { dialect: nativeDialect, after: 0, headers: {}, ...options })
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
  let counting = true
  const entry: typeof nativeDialect.entry = (entry, seq) => {
    if (counting) written += entry.text.length
    return nativeDialect.entry(entry, seq)
  }
  const { log, server, url } = serve({ dialect: { ...nativeDialect, entry } })
  const opened = Promise.withResolvers<void>()
  const answered = Promise.withResolvers<void>()
  const lazy = await Bun.connect({
    hostname: "127.0.0.1",
    port: server.port ?? 0,
    socket: {
      open: (socket) => {
        socket.write("GET / HTTP/1.1\r\nHost: x\r\n\r\n")
        opened.resolve()
      },
      data: (socket) => {
        socket.pause()
        answered.resolve()
      }
    }
  })
  await opened.promise
  log.append("text", "first")
  await answered.promise
  const piece = "x".repeat(4_096)
  const pieces = 16_384
  for (let i = 0; i < pieces; i++) {
    log.append("text", piece)
    if (i % 256 === 0) await Bun.sleep(0)
  }
  log.finish(completed)
  await Bun.sleep(0)
  expect(written).toBeLessThan((pieces * piece.length) / 2)
  counting = false
  const other = await (await fetch(url)).text()
  expect(other.length).toBeGreaterThan(pieces * piece.length)
  expect(other).toEndWith("[DONE]\n\n")
  lazy.terminate()
})
