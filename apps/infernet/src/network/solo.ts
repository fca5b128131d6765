/** The whole network in one process, told as it comes up. */
import { Backends } from "@infernet/backend/Backends"
import { Accounts } from "@infernet/control-plane/account/Accounts"
import { DatabaseInfo } from "@infernet/platform/database/Database"
import { Home } from "@infernet/platform/Home"
import { Router } from "@infernet/routing/Router"
import { Console, Context, Effect, Fiber, Option } from "effect"
import * as LocalKey from "../client/LocalKey.ts"
import { bold, green, row, yellow } from "../terminal/style.ts"
import * as tell from "../terminal/tell.ts"
import { version } from "../version.ts"
import * as controlPlane from "./controlPlane.ts"
import * as launcher from "./launcher.ts"
import * as node from "./node.ts"
import * as selfCheck from "./selfCheck.ts"

/** How long a start waits for its own node to come up before it says that it is not there yet. */
const nodeWithin = "20 seconds"

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

/** Gives the daemon's services once the network is ready. */
export const start = Effect.fnUntraced(function* (given: controlPlane.ControlPlaneOptions) {
  const home = yield* Home
  yield* home.lock
  const http = yield* controlPlane.listen(given)
  yield* Console.log(`${bold("infernet")} ${version}\n`)
  yield* Console.log(row("home", home.root))
  const backendsFiber = yield* Effect.forkChild(node.findBackends, { startImmediately: true })
  const self = yield* node.identity
  const database = yield* controlPlane.openDatabase
  yield* tell.database(Context.get(database, DatabaseInfo))
  const services = yield* controlPlane.serve(given, http, database)
  const url = controlPlane.urlOf(given)
  const key = yield* localKey(Context.get(services, Accounts))
  const found = yield* Fiber.join(backendsFiber)
  const backends = Context.get(found, Backends)
  yield* tell.backends(backends)
  const daemon = yield* node.work(url, self, found)
  yield* Console.log(row("node", `${self.id}`))

  const model = yield* firstModel(Context.get(services, Router), backends)
  const command = yield* launcher.write
  if (Option.isSome(model)) {
    const check = yield* Effect.result(selfCheck.run(url, key, model.value))
    yield* Console.log(row("check", check._tag === "Success" ? green(check.success) : yellow(check.failure.message)))
    yield* Console.log(examples(command, url, model.value))
  } else {
    yield* Console.log(row("check", yellow("no model is online yet: jobs are taken as soon as one is")))
  }
  yield* Console.log(`${bold("ready")}  ${url}`)
  return daemon
})
