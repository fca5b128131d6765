/** What outlives a control plane's process: its rows, reached through stores that die with the process. */
import * as CommandStoreMemory from "@infernet/control-plane/command/CommandStoreMemory"
import { JobStore, StoreUnavailable } from "@infernet/control-plane/job/JobStore"
import * as JobStoreMemory from "@infernet/control-plane/job/JobStoreMemory"
import { NodeStore } from "@infernet/control-plane/node/NodeStore"
import { Context, Effect, Layer } from "effect"
import type { Time } from "./Time.ts"

const gone = new StoreUnavailable({ cause: "the process is dead" })

export const make = Effect.fnUntraced(function* (time: Time) {
  const context = yield* Layer.build(
    Layer.fresh(Layer.merge(JobStoreMemory.layer, Layer.provideMerge(CommandStoreMemory.layer, NodeStore.layerMemory)))
  )
  const jobs = Context.get(context, JobStore)

  /** The stores of one process. Each operation takes its time on the way there and back; the dead do nothing more. */
  const connect = () => {
    let dead = false
    const through = <A>(operation: Effect.Effect<A, StoreUnavailable>) =>
      Effect.gen(function* () {
        yield* Effect.sleep(time.delay())
        if (dead) return yield* gone
        const result = yield* operation
        yield* Effect.sleep(time.delay())
        return dead ? yield* gone : result
      })
    const store = JobStore.of({
      ...jobs,
      submit: (job) => through(jobs.submit(job)),
      startAttempt: (attempt) => through(jobs.startAttempt(attempt)),
      end: (ending) => through(jobs.end(ending)),
      find: (id) => through(jobs.find(id)),
      findByKey: (account, key) => through(jobs.findByKey(account, key)),
      log: (id) => through(jobs.log(id))
    })
    return {
      layer: Layer.merge(Layer.succeedContext(context), Layer.succeed(JobStore, store)),
      kill: () => void (dead = true)
    }
  }

  return { connect, jobs }
})

export type Database = Effect.Success<ReturnType<typeof make>>
