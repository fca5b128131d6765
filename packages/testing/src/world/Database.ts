/** What outlives a control plane's process: its rows, reached through stores that die with the process. */
import { Unavailable } from "@infernet/contract/ApiError"
import { BillStore } from "@infernet/control-plane/bill/BillStore"
import * as BillStoreMemory from "@infernet/control-plane/bill/BillStoreMemory"
import * as LineStores from "@infernet/control-plane/bill/LineStores"
import * as CommandStoreMemory from "@infernet/control-plane/command/CommandStoreMemory"
import { JobStore, StoreUnavailable } from "@infernet/control-plane/job/JobStore"
import { NodeStore } from "@infernet/control-plane/node/NodeStore"
import { Context, Effect, Layer } from "effect"
import type { Time } from "./Time.ts"

const gone = new StoreUnavailable({ cause: "the process is dead" })
const unavailable = new Unavailable({ error_message: "the process is dead" })

/** In memory it is there at once. */
const countOf = (count: Effect.Effect<number, Unavailable>): number => Effect.runSync(Effect.orDie(count))

export const make = Effect.fnUntraced(function* (time: Time) {
  const context = yield* Layer.build(
    Layer.fresh(
      Layer.mergeAll(
        BillStoreMemory.layer,
        LineStores.layerMemory,
        Layer.provideMerge(CommandStoreMemory.layer, NodeStore.layerMemory)
      )
    )
  )
  const bills = Context.get(context, BillStore)
  const jobs = Context.get(context, JobStore)

  /** The stores of one process. Each operation takes its time on the way there and back; the dead do nothing more. */
  const connect = () => {
    let dead = false
    const timed = <A, E>(operation: Effect.Effect<A, E>, gone: Effect.Effect<never, E>) =>
      Effect.gen(function* () {
        yield* Effect.sleep(time.delay())
        if (dead) return yield* gone
        const result = yield* operation
        yield* Effect.sleep(time.delay())
        return dead ? yield* gone : result
      })
    const through = <A>(operation: Effect.Effect<A, StoreUnavailable>) => timed(operation, Effect.fail(gone))
    const answered = <A>(operation: Effect.Effect<A, Unavailable>) => timed(operation, Effect.fail(unavailable))
    const billStore = BillStore.of({
      ...bills,
      open: (...channel) => answered(bills.open(...channel)),
      offered: (node, limit) => answered(bills.offered(node, limit)),
      byIds: (ids) => answered(bills.byIds(ids)),
      sign: (signed) => answered(bills.sign(signed)),
      dispute: (disputed) => answered(bills.dispute(disputed))
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
      layer: Layer.succeedContext(context.pipe(Context.add(JobStore, store), Context.add(BillStore, billStore))),
      kill: () => void (dead = true)
    }
  }

  return {
    bills,
    connect,
    jobs,
    /** Bills that nobody has answered yet. */
    unanswered: () => countOf(bills.waiting)
  }
})

export type Database = Effect.Success<ReturnType<typeof make>>
