/** What `/metrics` tells of the control plane at this moment, and its counters from zero on. */
import { Router } from "@infernet/routing/Router"
import { Effect, Layer, Metric, Schedule } from "effect"
import { BillStore } from "../bill/BillStore.ts"
import * as bills from "../bill/report.ts"
import { JobStore } from "../job/JobStore.ts"
import { Jobs } from "../job/Jobs.ts"
import * as report from "../job/report.ts"
import { Nodes } from "../node/Nodes.ts"
import { Relay } from "../relay/Relay.ts"
import { Settings } from "../Settings.ts"
import { gauge } from "./gauge.ts"

const databaseUp = Metric.gauge("infernet_database_up", { description: "Whether the database answers: 1 or 0" })

const unsigned = Metric.gauge("infernet_bills_unsigned", { description: "Bills that wait for their nodes' signatures" })

export const layer = Layer.effectDiscard(
  Effect.gen(function* () {
    const { version } = yield* Settings
    const [jobs, nodes, relay, router, store] = yield* Effect.all([Jobs, Nodes, Relay, Router, JobStore])
    yield* report.begin
    yield* bills.begin
    yield* gauge("infernet_build_info", "Always 1; the label tells what runs", () => 1, { version })
    yield* gauge("infernet_nodes_online", "Nodes with a link, or heard in the last 90 s", nodes.online)
    yield* gauge("infernet_links", "Open links of nodes", relay.links)
    yield* gauge("infernet_jobs_waiting", "Jobs that wait for a place at a node", router.waiting)
    yield* gauge("infernet_jobs_running", "Jobs at a node, or on their way there", () =>
      Math.max(0, jobs.running() - router.waiting())
    )
    yield* store.ready.pipe(
      Effect.timeout("2 seconds"),
      Effect.match({ onSuccess: () => 1, onFailure: () => 0 }),
      Effect.flatMap((up) => Metric.update(databaseUp, up)),
      Effect.repeat(Schedule.spaced("10 seconds")),
      Effect.forkScoped
    )
    yield* (yield* BillStore).waiting.pipe(
      Effect.flatMap((waiting) => Metric.update(unsigned, waiting)),
      Effect.ignoreCause({ log: "Debug", message: "bills that wait could not be counted" }),
      Effect.repeat(Schedule.spaced("10 seconds")),
      Effect.forkScoped
    )
  })
)
