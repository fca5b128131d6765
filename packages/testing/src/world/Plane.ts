/** A process of the control plane: its real services over a database that outlives it. */
import { Verifier } from "@infernet/auth/verifier/Verifier"
import type { NodeId } from "@infernet/contract/Id"
import type { NodeMessage, PlaneMessage } from "@infernet/contract/Link"
import * as bill from "@infernet/control-plane/bill/layers"
import { Offers } from "@infernet/control-plane/bill/Offers"
import { Receipts } from "@infernet/control-plane/bill/Receipts"
import { Commands } from "@infernet/control-plane/command/Commands"
import { Deliveries } from "@infernet/control-plane/command/Deliveries"
import { Jobs } from "@infernet/control-plane/job/Jobs"
import { Limits } from "@infernet/control-plane/limits/Limits"
import { NodeKeys } from "@infernet/control-plane/node/NodeKeys"
import { Nodes } from "@infernet/control-plane/node/Nodes"
import { Relay } from "@infernet/control-plane/relay/Relay"
import { Quotes } from "@infernet/control-plane/price/Quotes"
import { paymentsOff } from "@infernet/control-plane/Payments"
import { noLimits, openToAll, Settings } from "@infernet/control-plane/Settings"
import { Router } from "@infernet/routing/Router"
import { Context, Duration, Effect, Exit, Layer, Scope } from "effect"
import * as planeIdentity from "../fakes/planeIdentity.ts"
import * as SecureRandom from "../fakes/SecureRandom.ts"
import type { Database } from "./Database.ts"

export const id = planeIdentity.planeId

const settings: Settings["Service"] = {
  id,
  version: "1.0.0",
  replica: "simulated",
  url: "http://plane",
  allowedHosts: new Set(),
  admission: openToAll,
  openSignUp: false,
  limits: noLimits,
  payments: paymentsOff,
  trustedProxies: [],
  firstContentWithin: Duration.minutes(5),
  jobWithin: Duration.minutes(30),
  logKeptFor: Duration.minutes(10)
}

export const start = Effect.fnUntraced(function* (database: Database) {
  const stores = database.connect()
  const scope = yield* Scope.fork(yield* Effect.scope)
  const layer = Layer.merge(Jobs.layer, Commands.layer).pipe(
    Layer.provideMerge(bill.all),
    Layer.provideMerge(NodeKeys.layer),
    Layer.provideMerge(Deliveries.layer),
    Layer.provideMerge(Layer.merge(Relay.layer, Quotes.layer)),
    Layer.provideMerge(Layer.mergeAll(Router.layer, Nodes.layer, Limits.layer)),
    Layer.provide([
      stores.layer,
      Layer.succeed(Settings, settings),
      planeIdentity.layer,
      SecureRandom.layer,
      Verifier.layer
    ])
  )
  const services = yield* Layer.build(Layer.fresh(layer)).pipe(Scope.provide(scope))
  const relay = Context.get(services, Relay)

  /** What the relay answers to the claim that a node has these attempts: asked as that node, over a socket of ours. */
  const welcome = (node: NodeId, hello: Extract<NodeMessage, { type: "hello" }>) => {
    const heard: Array<PlaneMessage> = []
    const socket = { sendText: (text: string) => void heard.push(...JSON.parse(text)), close: () => undefined }
    const link = relay.accept(node, socket)
    link.onMessage(JSON.stringify([hello]))
    link.onClose("asked")
    return heard.find((message) => message.type === "welcome")
  }

  return {
    relay,
    commands: Context.get(services, Commands),
    deliveries: Context.get(services, Deliveries),
    jobs: Context.get(services, Jobs),
    nodes: Context.get(services, Nodes),
    offers: Context.get(services, Offers),
    receipts: Context.get(services, Receipts),
    router: Context.get(services, Router),
    welcome,
    /** At once, as by SIGKILL: what it wanted to write is not written. */
    kill: Effect.suspend(() => {
      stores.kill()
      return Scope.close(scope, Exit.void)
    })
  }
})

export type Plane = Effect.Success<ReturnType<typeof start>>
