/** A model is asked for by one name, offered by another, and seen by clients under a third. */
import { expect } from "bun:test"
import { it } from "@infernet/testing/harness"
import { offer } from "@infernet/testing/fakes/ScriptedBackends"
import { Effect, Option } from "effect"
import { Database, settle, stateOf, submission, world } from "../world.ts"

const asking = (model: string) => ({ request: { ...submission().request, model } })
const ollama = stateOf([offer("qwen2.5:7b")])
const vllm = stateOf([offer("Qwen/Qwen2.5-7B-Instruct")])
const advertised = "qwen2.5-7b-instruct"

it("each node is sent its own spelling, and the job has the one that everybody sees", () =>
  Effect.gen(function* () {
    const { connect, store, submit } = yield* world()
    const first = connect(1).hello({ state: ollama })
    const job = yield* submit(asking("unsloth/Qwen2.5-7B-Instruct-GGUF"))
    expect(first.said("job")[0]?.request?.model).toBe("qwen2.5:7b")
    const second = connect(2).hello({ state: vllm })
    first.fail()
    yield* settle
    expect(second.said("job")[0]?.request?.model).toBe("Qwen/Qwen2.5-7B-Instruct")
    second.accept()
    second.done(0)
    yield* settle
    expect(job.model).toBe(advertised)
    expect(Option.getOrThrow(yield* store.find(job.id))).toMatchObject({ status: "completed", model: advertised })
  }))

it("a quantisation that was asked for is kept to when another node must go on, after a restart as well", () =>
  Effect.gen(function* () {
    const database = new Database()
    const before = yield* world({ database })
    const node = before.connect(1).hello({ state: stateOf([offer("qwen2.5:7b-instruct-q8_0")]) })
    const shown = yield* before.submit(asking("qwen2.5-7b-instruct-q8_0.gguf"))
    node.accept()
    const { connect, jobs } = yield* world({ database: database.successor() })
    expect(jobs.live(shown.account, shown.id)?.model).toBe(advertised)
    connect(2).hello({ state: ollama })
    const returned = connect(1).hello({ state: stateOf([offer("Qwen2.5-7B-Instruct-Q8_0")]) })
    yield* settle
    expect(returned.said("job")[0]?.request?.model).toBe("Qwen2.5-7B-Instruct-Q8_0")
  }))

it("an alias that only a digest explains is seen as the model behind it", () =>
  Effect.gen(function* () {
    const { connect, submit } = yield* world()
    const digest = "a".repeat(64)
    connect(1).hello({ state: stateOf([{ ...offer("qwen2.5:7b"), digest }]) })
    connect(2).hello({ state: stateOf([{ ...offer("ours"), digest }]) })
    expect((yield* submit(asking("ours"))).model).toBe(advertised)
  }))
