/** `infernet keys rotate`: gives this node another key, with the word of the account that it belongs to. */
import { PublicKey } from "@infernet/contract/Node"
import { Home } from "@infernet/platform/Home"
import { Console, Effect, Option, Redacted } from "effect"
import { Command, Flag } from "effect/cli"
import { NotRotated } from "../../client/KeysApi.ts"
import { Local } from "../../client/Local.ts"
import * as LocalKey from "../../client/LocalKey.ts"
import { find } from "../../keys/Keys.ts"
import * as rotation from "../../keys/rotation.ts"
import * as options from "../../settings/options.ts"
import * as values from "../../settings/values.ts"
import { canAsk, confirm } from "../../terminal/ask.ts"
import { Failure } from "../../terminal/exit.ts"
import { during } from "../../terminal/progress.ts"
import { dim, green, plain, row } from "../../terminal/style.ts"

const operatorsKey =
  "of the account that this node belongs to (its link code's), or of an administrator (`infernet api-key create` there)"

/** The node that runs from this home; none where nothing does. */
const running = Effect.gen(function* () {
  const { keys, run } = yield* Local
  const view = yield* Effect.option(keys.view())
  if (Option.isNone(view) && (yield* Effect.isSuccess(run.view()))) {
    const message = "what runs from this home is no node, or still starting: change the key in the node's own home"
    return yield* new Failure({ message })
  }
  return view
})

/** The address of the node's network. */
const networkOf = Effect.fnUntraced(function* (given: Option.Option<string>, view: Effect.Success<typeof running>) {
  if (Option.isSome(view)) {
    const { control_plane } = view.value
    if (Option.isNone(given) || given.value === control_plane) return control_plane
    const message = `the node here has joined ${control_plane}, and not ${given.value}: leave out --control-plane`
    return yield* new Failure({ message, code: 2 })
  }
  const url = yield* options.controlPlane(given)
  if (Option.isSome(url)) return url.value
  const { root } = yield* Home
  const message = `nothing runs from ${root}: start it first, or name its network with --control-plane`
  return yield* new Failure({ message })
})

/** The key given, else the environment's, else this home's own where its own control plane is meant. */
const apiKeyFor = Effect.fnUntraced(function* (url: string, given: Option.Option<string>) {
  if (Option.isSome(given)) return Redacted.make(given.value, { label: "API key" })
  const token = yield* options.bearerToken
  if (Option.isSome(token)) return token.value
  const { overview } = yield* Local
  const isOurs = yield* Effect.orElseSucceed(
    Effect.map(overview, (here) => here.url === url),
    () => false
  )
  const own = isOurs ? yield* LocalKey.read : Option.none<Redacted.Redacted>()
  if (Option.isSome(own)) return own.value
  const message = `an API key for ${url} is needed: set INFERNET_BEARER_TOKEN, or give --api-key, to one ${operatorsKey}`
  return yield* new Failure({ message, code: 2 })
})

const steps = (stolen: boolean, isRunning: boolean): string =>
  [
    "  A new key is made in this home and told to the network, which keeps the node's id. From then on the present",
    `  key opens nothing${stolen ? ", and signs nothing more" : "; for 24 hours it may sign receipts of what is pending"}.`,
    isRunning
      ? "  The node goes on running, and so do its jobs.\n"
      : "  The node does not run: it uses the new key when it starts.\n"
  ].join("\n")

const mayRotate = Effect.fnUntraced(function* (yes: boolean, what: string) {
  if (yes) return
  if ((yield* options.nonInteractive) || !canAsk()) {
    const message = "nobody can be asked whether this node is to get another key: add --yes"
    return yield* new Failure({ message, code: 2 })
  }
  yield* Console.log(dim(what))
  if (!(yield* confirm("Change the key of this node?", false))) {
    return yield* new Failure({ message: "the key was not changed" })
  }
})

const lost = "the node here does not answer any more. When it runs again, run `infernet keys rotate` again"

const failureOf = (error: { readonly _tag: string }): Failure =>
  new Failure({ message: error instanceof NotRotated ? error.error_message : lost })

export const rotate = Command.make(
  "rotate",
  {
    stolen: Flag.Boolean("stolen").pipe(
      Flag.withDescription("The present key is in other hands: give up also receipts that are pending"),
      Flag.withDefault(false)
    ),
    replaces: Flag.String("replaces").pipe(
      Flag.withMetavar("<public key>"),
      Flag.withDescription("The key that the network knows, where it is none of this home's: after a restored backup"),
      Flag.withSchema(PublicKey),
      Flag.optional
    ),
    apiKey: options.flag("api-key", "<key>", `API key ${operatorsKey} (INFERNET_BEARER_TOKEN)`, values.text),
    controlPlane: options.controlPlaneFlag("The node's network, where the node does not run"),
    yes: options.yes,
    json: options.json
  },
  Effect.fnUntraced(function* ({ apiKey, controlPlane, json, replaces, stolen, yes }) {
    if (Option.isNone(yield* find("node"))) {
      return yield* new Failure({ message: "there is no node key in this home: `infernet start` makes one" })
    }
    const { keys } = yield* Local
    const view = yield* running
    const isRunning = Option.isSome(view)
    const url = yield* networkOf(controlPlane, view)
    const key = yield* apiKeyFor(url, apiKey)
    yield* mayRotate(yes, steps(stolen, isRunning))
    const named = Option.isSome(replaces) ? { replaces: replaces.value } : {}
    const change = isRunning
      ? Effect.mapError(keys.rotate({ payload: { api_key: key, stolen, ...named } }), failureOf)
      : Effect.catchTag(rotation.alone(url, { apiKey: key, stolen, ...named }), "NotRotated", (error) =>
          Effect.fail(failureOf(error))
        )
    const rotated = yield* during("rotating", () => "telling the network")(change)
    if (json) return yield* Console.log(JSON.stringify({ ...rotated, running: isRunning }))
    yield* Console.log(row("node", rotated.id))
    yield* Console.log(row("key", `${green("changed")}  ${plain(rotated.public_key)}`))
    yield* Console.log(row("old key", stolen ? "signs nothing more" : `signs receipts until ${rotated.receipts_until}`))
    yield* Console.log(
      `\n${dim("  A backup of the key of before is of no use any more: `infernet keys export node` makes one.")}`
    )
  })
).pipe(
  Command.withShortDescription("Give this node another key"),
  Command.withDescription(
    "Give this node another key: after a theft, or in due course. The node keeps its id, and goes on running with its\n" +
      `  jobs. It takes an API key ${operatorsKey};\n` +
      "  a network that runs here with its node has one. Called again after a failure, it goes on where it was."
  ),
  Command.withExamples([
    { command: "infernet keys rotate", description: "Ask, then change the key" },
    {
      command: "INFERNET_BEARER_TOKEN=inft_… infernet keys rotate --yes",
      description: "Of a node elsewhere's network"
    },
    { command: "infernet keys rotate --stolen", description: "The present key is in other hands" }
  ])
)
