/** Every example of the contract, sent to a network in an order that makes sense. */
import { planeId } from "@infernet/testing/fakes/planeIdentity"
import { Clock, Effect } from "effect"
import { network } from "./network.ts"
import { Tour } from "./Tour.ts"
import { tourOfAccounts } from "./tourOfAccounts.ts"
import { tourOfJobs } from "./tourOfJobs.ts"
import { tourOfNodes } from "./tourOfNodes.ts"

export const wholeTour = Effect.gen(function* () {
  const world = yield* network
  const tour = new Tour(world.plane, yield* Clock.currentTimeMillis)
  tour.names.bind("controlPlane", planeId)
  tour.names.bind("origin", world.plane.url)
  tour.names.also("origin", "http://127.0.0.1")
  tour.names.bind("account", world.client.id)
  tour.names.bind("key", world.client.keyId)
  tour.names.bind("operator", world.operator.id)
  tour.names.bind("node", world.node)
  yield* tourOfJobs(tour, world)
  yield* tourOfAccounts(tour, world)
  yield* tourOfNodes(tour, world)
  return tour
})
