/**
 * An engine's own process: loads the model of its blueprint, answers requests over IPC, ends with its parent.
 *
 * A process of its own, so that a crash of native code costs the requests on one model and nothing else.
 */
import type { RecordKind } from "@infernet/contract/LinkRecord"
import type { LlamaContextSequence } from "node-llama-cpp"
import { load } from "./Engine.ts"
import { line } from "./line.ts"
import type { Blueprint, FromEngine, Job, ToEngine } from "./protocol.ts"
import { Refusal } from "./Refusal.ts"

const send = (message: FromEngine) => process.send?.(message)

// The channel closes when the parent ends, however it ends.
process.on("disconnect", () => process.exit(0))
// A terminal and a service manager send these to every process at once; the parent decides when requests end.
process.on("SIGINT", () => undefined)
process.on("SIGTERM", () => undefined)

const blueprint = JSON.parse(process.argv[2] ?? "{}") as Blueprint

/** What goes wrong inside the library may name the file, which is nobody's business. */
const said = (cause: unknown) =>
  (cause instanceof Error ? cause.message : String(cause)).replaceAll(blueprint.path, "the file")

const engine = await load(blueprint).catch((cause: unknown) => {
  send({ type: "unloadable", message: said(cause) })
  process.disconnect?.()
  return new Promise<never>(() => undefined)
})

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

/** Runs a job to its end, and says what that was. */
const answering = async (id: number, work: (signal: AbortSignal) => Promise<FromEngine>, flush: () => void) => {
  const abort = new AbortController()
  running.set(id, abort)
  let end: FromEngine
  try {
    end = await work(abort.signal)
  } catch (cause) {
    const fault = abort.signal.aborted ? "cancelled" : cause instanceof Refusal ? cause.fault : "backend_error"
    end = { type: "failed", id, fault, message: said(cause) }
  }
  flush()
  send(end)
  running.delete(id)
}

type Text = Extract<Job, { type: "chat" | "complete" }>
type Embed = Extract<Job, { type: "embed" }>

const texts = line<Text, LlamaContextSequence>(engine.sequences, (job, sequence) => {
  const { flush, put } = outbox(job.id)
  const work = async (signal: AbortSignal): Promise<FromEngine> => ({
    type: "done",
    id: job.id,
    ...(await (job.type === "chat"
      ? engine.chat(sequence, job.request, put, signal)
      : engine.complete(sequence, job.request, put, signal)))
  })
  return answering(job.id, work, flush)
})

const embeddings = line<Embed, undefined>([undefined], ({ id, request }) => {
  const out = (vector: ReadonlyArray<number>) => void send({ type: "vector", id, vector })
  const work = async (signal: AbortSignal): Promise<FromEngine> => ({
    type: "embedded",
    id,
    prompt_tokens: await engine.embed(request, out, signal)
  })
  return answering(id, work, () => undefined)
})

process.on("message", (message: ToEngine) => {
  if (message.type === "cancel") {
    running.get(message.id)?.abort()
    texts.withdraw(message.id)
    embeddings.withdraw(message.id)
    return
  }
  const { id } = message
  if (message.type !== "embed" && engine.sequences.length === 0) {
    const text = `"${message.request.model}" makes embeddings and no text.`
    return void send({ type: "failed", id, fault: "unsupported", message: text })
  }
  const taken = message.type === "embed" ? embeddings.join(message) : texts.join(message)
  if (!taken)
    send({ type: "failed", id, fault: "overloaded", message: "The embedded engine has too many requests waiting." })
})

// It may have ended while this file's imports were loading, before anybody listened.
if (!process.connected) process.exit(0)
send({ type: "ready", ...engine.loaded })
