/** The conversation on the page: asks, shows what comes, stops, asks again. */
import { CancelledError, type Infernet, InfernetError } from "@infernet/sdk"
import { onCleanup } from "solid-js"
import { createStore, produce, unwrap } from "solid-js/store"
import { sentenceOf } from "../../parts/Failure.tsx"
import { type Answer, type Kept, keep, kept, type Parameters, requestOf } from "./Conversation.ts"

/** What a frame may cost of the time between two, so that typing goes on beside a long answer. */
const share = 0.25

export const createChat = (infernet: Infernet, storage: Storage) => {
  const before = kept(storage)
  const [state, setState] = createStore<{ -readonly [K in keyof Kept]: Kept[K] }>({ ...before })
  const save = () => keep(storage, unwrap(state))
  const left = new AbortController()
  onCleanup(() => left.abort())

  const last = (): Answer | undefined => {
    const turn = state.turns.at(-1)
    return turn?.role === "assistant" ? turn : undefined
  }
  const isBusy = () => last()?.state === "asking" || last()?.state === "answering"
  /** In place: what is drawn of the answer stays, and only its words change. */
  const change = (part: Partial<Answer>) =>
    setState(
      produce(({ turns }) => {
        const turn = turns.at(-1)
        if (turn?.role === "assistant") Object.assign(turn, part)
      })
    )

  /** Shows the answer of a job from its first word to its last, as often as a frame can be afforded. */
  const follow = async (job: string, askedAt: number | undefined) => {
    let [content, reasoning] = ["", ""]
    let isDue = false
    let pause = 16
    const show = () => {
      isDue = false
      const begun = performance.now()
      change({ content, reasoning })
      pause = Math.max(16, (performance.now() - begun) / share)
    }
    for await (const event of infernet.jobs.stream(job, { signal: left.signal })) {
      if (askedAt !== undefined && content === "" && reasoning === "") {
        change({ firstTokenMillis: performance.now() - askedAt })
      }
      content += event.text ?? ""
      reasoning += event.reasoning ?? ""
      if (isDue) continue
      isDue = true
      setTimeout(show, pause)
    }
    change({ content, reasoning })
  }

  /** What the job came to: tokens, cost, and which node it was. */
  const conclude = async (job: string, askedAt: number | undefined) => {
    const { cost_micros, latency_ms, node_id, result, status, ttft_ms, usage } = await infernet.jobs.get(job, {
      signal: left.signal
    })
    const counted = result?.usage ?? usage
    change({
      state: status === "cancelled" ? "stopped" : "done",
      costMicros: cost_micros,
      ...(node_id !== undefined && { node: node_id }),
      ...(counted !== undefined && { usage: counted }),
      ...(latency_ms !== undefined && { totalMillis: latency_ms }),
      ...(askedAt === undefined && ttft_ms !== undefined && { firstTokenMillis: ttft_ms })
    })
  }

  const failed = (error: unknown) => {
    if (left.signal.aborted) return
    const isStopped = error instanceof CancelledError
    change(isStopped ? { state: "stopped" } : { state: "failed", problem: sentenceOf(error) })
  }

  const watch = async (job: string, askedAt?: number) => {
    try {
      await follow(job, askedAt)
      await conclude(job, askedAt)
    } catch (error) {
      failed(error)
      // Also of what was stopped there is something to tell.
      if (error instanceof CancelledError) await conclude(job, askedAt).catch(failed)
    } finally {
      save()
    }
  }

  const ask = async () => {
    const askedAt = performance.now()
    const request = requestOf(unwrap(state.turns), unwrap(state.parameters))
    setState("turns", (turns) => [
      ...turns,
      { role: "assistant", content: "", reasoning: "", state: "asking" } as const
    ])
    save()
    try {
      // By itself, not as a stream of its own: whoever reloads the page takes it up again by its id.
      const { id } = await infernet.jobs.submit(request, { signal: left.signal, idempotencyKey: crypto.randomUUID() })
      change({ state: "answering", job: id })
      save()
      await watch(id, askedAt)
    } catch (error) {
      failed(error)
      save()
    }
  }

  const running = last()
  if (running?.state === "answering" && running.job !== undefined) void watch(running.job)
  else if (running?.state === "asking")
    change({ state: "failed", problem: "The page was left before the job was made." })

  return {
    turns: () => state.turns,
    parameters: () => state.parameters,
    isBusy,
    set: (part: Partial<Parameters>) => {
      setState("parameters", part)
      save()
    },
    send: (content: string) => {
      if (isBusy() || content.trim() === "") return
      setState("turns", (turns) => [...turns, { role: "user", content } as const])
      void ask()
    },
    /** Another answer to the last question. */
    retry: () => {
      if (isBusy()) return
      if (last() !== undefined) setState(produce((draft) => void (draft.turns = draft.turns.slice(0, -1))))
      void ask()
    },
    stop: async () => {
      const job = last()?.job
      if (job === undefined) return
      await infernet.jobs.cancel(job).catch((error: unknown) => {
        if (!(error instanceof InfernetError)) throw error
        change({ problem: sentenceOf(error) })
      })
    },
    clear: () => {
      if (isBusy()) return
      setState("turns", [])
      save()
    }
  }
}

export type Chat = ReturnType<typeof createChat>
