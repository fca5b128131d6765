/** A node in this process: backends, and the daemon that puts them on the network. */
import { HardwareReadings } from "@infernet/backend/Hardware"
import { EngineFiles } from "@infernet/backend/embedded/EngineFiles"
import * as BackendsProbed from "@infernet/backend/BackendsProbed"
import { ModelFiles } from "@infernet/backend/install/ModelFiles"
import * as Daemon from "@infernet/daemon/Daemon"
import * as WebSocketTransport from "@infernet/daemon/link/WebSocketTransport"
import { Keyring } from "@infernet/daemon/node/Keyring"
import { Home } from "@infernet/platform/Home"
import { Config, Context, Effect, Layer, Option } from "effect"
import { SecureRandom } from "effect/crypto"
import * as Http from "../client/Http.ts"
import { hostname } from "node:os"
import { join } from "node:path"
import * as payouts from "../payout/watch.ts"
import * as chain from "../settings/chain.ts"
import * as options from "../settings/options.ts"
import { version } from "../version.ts"
import * as fetching from "./fetching.ts"

const nodeName = Config.NonEmptyString("INFERNET_NODE_NAME").pipe(Config.withDefault(hostname().slice(0, 64)))

export const findBackends = Effect.suspend(() => {
  const engine = fetching.make("engine")
  return Layer.build(
    BackendsProbed.layer.pipe(
      Layer.provideMerge(Layer.mergeAll(HardwareReadings.layer, ModelFiles.layer, EngineFiles.layer(engine.hear)))
    )
  ).pipe(engine.told)
})

export const identity = Effect.gen(function* () {
  const { keys } = yield* Home
  const context = yield* Layer.build(Keyring.layerFiles(keys).pipe(Layer.provide(SecureRandom.layerWebCrypto)))
  return Context.get(context, Keyring)
})

/** The control plane that a node works for. */
export interface Place {
  readonly controlPlaneUrl: string
  /** Whether it is one of this very process: nothing of it is kept, so that the node may join another one some day. */
  readonly isOwn: boolean
  readonly linkCode: Option.Option<string>
}

/** Joins the control plane, with a link code where one is needed, and works until the scope closes. */
export const work = Effect.fnUntraced(function* (
  { controlPlaneUrl, isOwn, linkCode }: Place,
  self: Keyring["Service"],
  backends: Effect.Success<typeof findBackends>
) {
  const home = yield* Home
  const name = yield* nodeName
  const asks = Option.getOrUndefined(yield* options.asks())
  const domains = yield* chain.domains
  const daemon = yield* Layer.build(
    Daemon.layer({
      controlPlaneUrl,
      name,
      version,
      asks,
      domains,
      linkCode: Option.getOrUndefined(linkCode),
      pinFile: isOwn ? undefined : join(home.keys, "control-plane.pin"),
      commandsFile: join(home.root, "commands.json"),
      receiptsFolder: join(home.root, "receipts")
    }).pipe(
      Layer.provide([
        Layer.succeedContext(backends),
        Layer.succeed(Keyring, self),
        WebSocketTransport.layer,
        Http.layer,
        SecureRandom.layerWebCrypto
      ])
    )
  )
  yield* payouts.run(self)
  return daemon
})
