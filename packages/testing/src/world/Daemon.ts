/** A process of the daemon: the real one, whole, with a network, a disk and a backend that are simulated. */
import { Identity } from "@infernet/auth/Identity"
import { HardwareReadings } from "@infernet/backend/Hardware"
import type { NodeId } from "@infernet/contract/Id"
import * as RealDaemon from "@infernet/daemon/Daemon"
import { Installs } from "@infernet/daemon/command/Installs"
import { Jobs } from "@infernet/daemon/job/Jobs"
import { Link } from "@infernet/daemon/link/Link"
import { LinkTransport } from "@infernet/daemon/link/LinkTransport"
import { Keyring } from "@infernet/daemon/node/Keyring"
import { ConfigProvider, Context, Effect, Exit, Layer, Path, Redacted, Scope } from "effect"
import type { HttpClient } from "effect/http"
import { HttpClient as Client } from "effect/http"
import * as Files from "../fakes/Files.ts"
import * as ScriptedBackends from "../fakes/ScriptedBackends.ts"
import * as SecureRandom from "../fakes/SecureRandom.ts"
import { type Network, Uplink } from "./Network.ts"
import * as Plane from "./Plane.ts"

export interface DaemonOptions {
  readonly node: NodeId
  readonly network: Network
  readonly script: ScriptedBackends.Script
  /** Its files by their path; those of a process that has died are the next one's. */
  readonly disk: Map<string, string>
  /** What answers the requests of this process. */
  readonly http: (uplink: Uplink) => HttpClient.HttpClient
}

/** With the pin of this control plane, as a daemon that has joined before finds it. */
export const disk = () => new Map<string, string>([["/plane.pin", Plane.id]])

/** A key of its own, with which it signs receipts; of requests nobody checks that: the simulation is behind that door. */
const identity = (id: NodeId) =>
  Identity.of({ ...Identity.fromSecretKey(Redacted.make(Buffer.from(id.slice(2).padStart(64, "0"), "hex"))), id })

export const start = Effect.fnUntraced(function* ({ disk, http, network, node, script }: DaemonOptions) {
  const parent = yield* Effect.scope
  const scope = yield* Scope.fork(parent)
  const uplink = new Uplink(node)
  const options = {
    name: "simulated",
    version: "1.0.0",
    controlPlaneUrl: "http://plane",
    pinFile: "/plane.pin",
    commandsFile: "/commands.json",
    receiptsFolder: "/receipts"
  }
  const layer = RealDaemon.layer(options).pipe(
    Layer.provide(ScriptedBackends.layer(script)),
    Layer.provide([
      HardwareReadings.layerTest(ScriptedBackends.hardware),
      Layer.provide(Keyring.layerOne, Layer.succeed(Identity, identity(node))),
      Layer.succeed(LinkTransport, network.transport(uplink)),
      Layer.succeed(Client.HttpClient, http(uplink)),
      SecureRandom.layer,
      Files.layer(disk, { isDead: () => uplink.dead }),
      Path.layer
    ]),
    // The operator's settings are the same everywhere: none.
    Layer.provide(ConfigProvider.layer(ConfigProvider.fromUnknown({}))),
    Layer.orDie
  )
  const services = yield* Layer.build(Layer.fresh(layer)).pipe(Scope.provide(scope))
  const close = Scope.close(scope, Exit.void)
  return {
    node,
    uplink,
    /** Stops it in peace. */
    close,
    installs: Context.get(services, Installs),
    jobs: Context.get(services, Jobs),
    linked: Context.get(services, Link).linked,
    /** At once, as by SIGKILL: nothing it does from now on reaches anybody. */
    kill: (unheard = false) =>
      Effect.suspend(() => {
        network.daemonDied(uplink, unheard)
        // In the background: it believes that it stops in peace, and takes its time.
        return Effect.forkIn(close, parent)
      })
  }
})

export type Daemon = Effect.Success<ReturnType<typeof start>>
