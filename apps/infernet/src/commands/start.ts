/** `infernet start`: this machine as a whole network, or as a node of one elsewhere. */
import { Accounts } from "@infernet/control-plane/account/Accounts"
import { Backends } from "@infernet/backend/Backends"
import { DaemonEvents } from "@infernet/daemon/DaemonEvents"
import { DatabaseInfo } from "@infernet/platform/database/Database"
import { Home } from "@infernet/platform/Home"
import { Router } from "@infernet/routing/Router"
import { Console, Context, Duration, Effect, Fiber, Option, Stream } from "effect"
import { Command } from "effect/cli"
import * as LocalKey from "../client/LocalKey.ts"
import * as controlPlane from "../network/controlPlane.ts"
import * as launcher from "../network/launcher.ts"
import * as node from "../network/node.ts"
import * as selfCheck from "../network/selfCheck.ts"
import * as options from "../settings/options.ts"
import * as eventLines from "../terminal/eventLines.ts"
import { bold, dim, green, plain, row, yellow } from "../terminal/style.ts"
import { version } from "../version.ts"

const say = Console.log

/** How long a start waits for its own node to come up before it says that it is not there yet. */
const nodeWithin = "20 seconds"

const tellDatabase = (info: DatabaseInfo["Service"]) =>
  say(
    row(
      "database",
      Option.match(info.embedded, {
        onNone: () => `PostgreSQL ${info.version} at DATABASE_URL`,
        onSome: ({ created, startTime }) => {
          const took = `${Math.round(Duration.toMillis(startTime))} ms`
          return `PostgreSQL ${info.version}, embedded ${dim(created ? `created in ${took}` : `started in ${took}`)}`
        }
      })
    )
  )

const tellBackends = Effect.fnUntraced(function* (backends: Backends["Service"]) {
  const { backends: found, models } = yield* backends.snapshot
  for (const { kind, version } of found) {
    const name = kind === "embedded" ? "llama.cpp, embedded" : kind
    const why = kind === "embedded" ? dim("no other backend answered") : dim(version ?? "")
    yield* say(row("backend", `${plain(name)} ${why}`))
  }
  if (found.length === 0) yield* say(row("backend", yellow("none answers yet; looking every few seconds")))
  const demo = models.some((model) => model.demo)
  const names = models.map(({ id }) => plain(id))
  const shown = names.length > 5 ? `${names.slice(0, 5).join(", ")} and ${names.length - 5} more` : names.join(", ")
  if (names.length > 0) {
    yield* say(
      row(
        names.length === 1 ? "model" : "models",
        `${shown}${demo ? ` ${dim("a toy of 2 M parameters, to try things out")}` : ""}`
      )
    )
  }
})

/** The local client's key: the stored one while it works, else a new one. */
const localKey = Effect.fnUntraced(function* (accounts: Accounts["Service"]) {
  const stored = yield* LocalKey.read
  if (Option.isSome(stored)) {
    const works = yield* Effect.isSuccess(accounts.authenticate(stored.value))
    if (works) return stored.value
  }
  const { key } = yield* accounts.createKey("local client")
  yield* LocalKey.write(key)
  return key
})

const question = "What is the capital of France?"

const examples = (command: string, url: string, model: string): string => {
  const body = JSON.stringify({ model, stream: true, messages: [{ role: "user", content: question }] })
  return [
    "",
    `  curl -N ${url}/v1/chat/completions \\`,
    `    -H "Authorization: Bearer $(${command} api-key show-local)" \\`,
    `    -H "Content-Type: application/json" \\`,
    `    -d '${body.replaceAll("'", "'\\''")}'`,
    "",
    `  ${command} chat "${question}"`,
    ""
  ].join("\n")
}

/** The first model that this network offers; none when its own node does not come up in time. */
const firstModel = (router: Router["Service"], backends: Backends["Service"]) =>
  Effect.gen(function* () {
    const { models } = yield* backends.snapshot
    const wanted = (models.find(({ state }) => state === "loaded") ?? models[0])?.id
    if (wanted === undefined) return Option.none<string>()
    const want = { model: wanted, promptTokens: 0, expectedTokens: 0, pin: undefined, exclude: new Set<never>() }
    const booking = yield* Effect.timeoutOption(router.wait(want), nodeWithin)
    if (Option.isSome(booking)) booking.value.release()
    return Option.as(booking, wanted)
  })

const solo = Effect.fnUntraced(function* (given: controlPlane.ControlPlaneOptions) {
  const home = yield* Home
  yield* home.lock
  const http = yield* controlPlane.listen(given)
  yield* say(`${bold("infernet")} ${version}\n`)
  yield* say(row("home", home.root))
  const backendsFiber = yield* Effect.forkChild(node.findBackends, { startImmediately: true })
  const self = yield* node.identity
  const database = yield* controlPlane.openDatabase
  yield* tellDatabase(Context.get(database, DatabaseInfo))
  const services = yield* controlPlane.serve(given, http, database)
  const url = controlPlane.urlOf(given)
  const key = yield* localKey(Context.get(services, Accounts))
  const found = yield* Fiber.join(backendsFiber)
  const backends = Context.get(found, Backends)
  yield* tellBackends(backends)
  const daemon = yield* node.work(url, self, found)
  yield* say(row("node", `${self.id}`))

  const model = yield* firstModel(Context.get(services, Router), backends)
  const command = yield* launcher.write
  if (Option.isSome(model)) {
    const check = yield* Effect.result(selfCheck.run(url, key, model.value))
    yield* say(row("check", check._tag === "Success" ? green(check.success) : yellow(check.failure.message)))
    yield* say(examples(command, url, model.value))
  } else {
    yield* say(row("check", yellow("no model is online yet: jobs are taken as soon as one is")))
  }
  yield* say(`${bold("ready")}  ${url}`)
  return daemon
})

const joined = Effect.fnUntraced(function* (controlPlaneUrl: string) {
  const home = yield* Home
  yield* home.lock
  yield* say(`${bold("infernet")} ${version}\n`)
  yield* say(row("home", home.root))
  const self = yield* node.identity
  const found = yield* node.findBackends
  yield* tellBackends(Context.get(found, Backends))
  yield* say(row("node", `${self.id}`))
  yield* say(row("joining", controlPlaneUrl))
  return yield* node.work(controlPlaneUrl, self, found)
})

export const start = Command.make(
  "start",
  { controlPlane: options.controlPlane, host: options.host, port: options.port },
  Effect.fn(function* ({ controlPlane, host, port }) {
    const daemon = Option.isSome(controlPlane) ? yield* joined(controlPlane.value) : yield* solo({ host, port })
    const events = Context.get(daemon, DaemonEvents)
    yield* Stream.runForEach(events.stream, (event) =>
      Option.match(eventLines.of(event), { onNone: () => Effect.void, onSome: say })
    )
  }, Effect.scoped)
).pipe(
  Command.withDescription(
    "Run the whole network on this machine: control plane, database, node and, if no backend answers, a small model. " +
      "With --control-plane this machine joins a network instead."
  ),
  Command.withExamples([
    { command: "infernet start", description: "Everything on this machine" },
    { command: "infernet start --port 8080", description: "The same, on another port" },
    { command: "infernet start --control-plane https://infernet.example", description: "Join a network as a node" }
  ])
)
