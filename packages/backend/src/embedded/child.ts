/**
 * The engine's own process: loads the model named by its argument, answers chats over IPC, ends with its parent.
 *
 * A process of its own, so that a crash of native code costs its chats and nothing else.
 */
import type { RecordKind } from "@infernet/contract/LinkRecord"
import type { LlamaContextSequence } from "node-llama-cpp"
import { load } from "./Engine.ts"
import { type FromEngine, type ToEngine, waiting } from "./protocol.ts"
import { Refusal } from "./requestOptions.ts"

const send = (message: FromEngine) => process.send?.(message)

// The channel closes when the parent ends, however it ends.
process.on("disconnect", () => process.exit(0))
// A terminal and a service manager send these to every process at once; the parent decides when chats end.
process.on("SIGINT", () => undefined)
process.on("SIGTERM", () => undefined)

const engine = await load(process.argv[2] ?? "")
const free = [...engine.sequences]
const queue: Array<Job> = []
const running = new Map<number, AbortController>()

/** Joins what one turn of the event loop brings into one message. */
const outbox = (id: number) => {
  let pieces: Array<readonly [RecordKind, string]> = []
  const flush = () => {
    if (pieces.length === 0) return
    send({ type: "pieces", id, pieces })
    pieces = []
  }
  const put = (kind: RecordKind, text: string) => {
    if (pieces.push([kind, text]) === 1) setImmediate(flush)
  }
  return { flush, put }
}

type Job = Extract<ToEngine, { type: "chat" }>

const run = async (sequence: LlamaContextSequence, { id, request }: Job): Promise<void> => {
  const abort = new AbortController()
  running.set(id, abort)
  const { flush, put } = outbox(id)
  try {
    const end = await engine.chat(sequence, request, put, abort.signal)
    flush()
    send({ type: "done", id, ...end })
  } catch (cause) {
    flush()
    const fault = abort.signal.aborted ? "cancelled" : cause instanceof Refusal ? cause.fault : "backend_error"
    send({ type: "failed", id, fault, message: cause instanceof Error ? cause.message : String(cause) })
  }
  running.delete(id)
  free.unshift(sequence)
  next()
}

/** Starts the chat that has waited longest, on the sequence used last: a conversation that goes on finds its prefix there. */
const next = (): void => {
  const sequence = free[0]
  const job = queue[0]
  if (sequence === undefined || job === undefined) return
  free.shift()
  queue.shift()
  void run(sequence, job)
}

process.on("message", (message: ToEngine) => {
  if (message.type === "cancel") {
    running.get(message.id)?.abort()
    const place = queue.findIndex(({ id }) => id === message.id)
    if (place !== -1) queue.splice(place, 1)
    return
  }
  if (queue.length >= waiting) {
    send({
      type: "failed",
      id: message.id,
      fault: "overloaded",
      message: "The embedded engine has too many chats waiting."
    })
    return
  }
  queue.push(message)
  next()
})

// It may have ended while this file's imports were loading, before anybody listened.
if (!process.connected) process.exit(0)
const { bytes, contextLength, version } = engine
send({ type: "ready", version, contextLength, bytes })
