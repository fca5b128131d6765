/** The facts of a real home: asked at once, as none of them waits for another but for the addresses. */
import type { Home } from "@infernet/platform/Home"
import { Effect, type FileSystem, Layer, Option, type Path } from "effect"
import type { HttpClient } from "effect/http"
import type { ChildProcessSpawner } from "effect/process"
import * as Chat from "../client/chat.ts"
import { Local } from "../client/Local.ts"
import * as Target from "../client/Target.ts"
import { prompt } from "../network/selfCheck.ts"
import * as options from "../settings/options.ts"
import { Failure } from "../terminal/exit.ts"
import { version } from "../version.ts"
import { Facts } from "./Facts.ts"
import * as ofHome from "./ofHome.ts"
import * as ofMachine from "./ofMachine.ts"
import * as ofNetwork from "./ofNetwork.ts"
import { type Role, type Situation, unknown } from "./Situation.ts"

const chatWithin = "60 seconds"

/** What runs here and where its network is; of a setting that is wrong the check of the settings tells. */
const place = Effect.gen(function* () {
  const local = yield* Local
  const [overview, node, machine, run] = yield* Effect.all(
    [
      Effect.option(local.overview),
      Effect.option(local.node),
      Effect.option(local.machine.installs()),
      Effect.option(local.run.view())
    ],
    { concurrency: "unbounded" }
  )
  const wanted = Option.getOrUndefined(Option.flatten(yield* Effect.option(options.controlPlane())))
  const address = yield* Effect.option(options.address({ host: Option.none(), port: Option.none() }))
  const role: Role = Option.isSome(node)
    ? "node"
    : Option.isSome(overview)
      ? Option.isSome(machine)
        ? "network"
        : "control plane"
      : "nothing"
  const url = Option.getOrUndefined(overview)?.url ?? Option.getOrUndefined(node)?.control_plane ?? wanted
  return {
    role,
    url,
    isPlane: Option.isSome(overview),
    nodesOnline: Option.getOrUndefined(overview)?.nodes_online,
    waiting: Option.getOrUndefined(run)?.waiting,
    address
  }
})

const portOf = Effect.fnUntraced(function* ({ address, isPlane, url }: Effect.Success<typeof place>) {
  const running = isPlane && url !== undefined ? Number(URL.parse(url)?.port) : 0
  // It would not run if the port were somebody else's.
  if (running > 0) return { number: running, holder: "ours" as const }
  if (Option.isNone(address) || isPlane || url !== undefined) return undefined
  const { host, port } = address.value
  return { number: port, holder: yield* ofMachine.portHolder(host, port) }
})

const nowhere = unknown("there is no control plane to ask")

const situation = Effect.gen(function* () {
  const where = yield* place
  const { isPlane, nodesOnline, role, url, waiting } = where
  const key = yield* ofHome.key(role === "control plane" ? "control-plane.key" : "node.key")
  const target = yield* Effect.option(Target.find(Option.fromUndefinedOr(url)))
  const asked = url === undefined ? undefined : { url, id: key.id }
  const facts = yield* Effect.all(
    {
      config: ofHome.config,
      home: ofHome.home,
      receipts: ofHome.receipts,
      plane: asked ? ofNetwork.plane(asked.url) : Effect.succeed(nowhere),
      node:
        asked?.id === undefined
          ? Effect.succeed(asked ? unknown("there is no key to be known by") : nowhere)
          : ofNetwork.node(asked.url, asked.id, target),
      linked: ofNetwork.linked,
      newest: ofNetwork.newest,
      database: isPlane && asked ? ofNetwork.database(asked.url) : Effect.succeed(nowhere),
      offered: ofMachine.offered,
      port: portOf(where),
      diskFreeBytes: ofMachine.diskFreeBytes,
      hardware: ofMachine.hardware,
      graphics: ofMachine.graphics
    },
    { concurrency: "unbounded" }
  )
  const { offered, ...rest } = facts
  const found: Situation = {
    version,
    role,
    url,
    key,
    nodesOnline,
    waiting,
    hasApiKey: Option.isSome(target),
    ...rest,
    ...offered
  }
  return found
}).pipe(Effect.provide(ofMachine.layer))

const chat = Effect.fnUntraced(function* ({ key: { id }, url }: Situation, model: string) {
  const target = yield* Effect.mapError(
    Target.find(Option.fromUndefinedOr(url)),
    ({ message }) => new Failure({ message })
  )
  const request = { model, messages: [{ role: "user" as const, content: prompt }], maxTokens: 16 }
  const asked = Chat.chat(target, id === undefined ? request : { ...request, node: id }, () => Effect.void)
  const answer = yield* Effect.timeoutOrElse(asked, {
    duration: chatWithin,
    orElse: () => Effect.fail(new Failure({ message: `no answer in ${chatWithin}` }))
  })
  const job = yield* Chat.jobOf(target, answer)
  return { model, tokens: job.result?.usage.completion_tokens ?? 0, firstTokenMillis: answer.firstTokenMillis }
})

export const layer = Layer.effect(
  Facts,
  Effect.gen(function* () {
    const context = yield* Effect.context<
      ChildProcessSpawner.ChildProcessSpawner | FileSystem.FileSystem | Path.Path | Home | HttpClient.HttpClient | Local
    >()
    return Facts.of({
      situation: Effect.provide(situation, context),
      chat: (situation, model) => Effect.provide(chat(situation, model), context)
    })
  })
)
