/** Settings that several commands share: the flag, else the variable, else the file, else what is usual. */
import { Config, Effect, Option } from "effect"
import { Flag } from "effect/cli"
import { Failure } from "../terminal/exit.ts"
import * as values from "./values.ts"

/** A flag that may be left out. */
export const flag = <A>(name: string, metavar: string, description: string, { expected, parse }: values.Value<A>) =>
  Flag.String(name).pipe(
    Flag.withMetavar(metavar),
    Flag.withDescription(description),
    Flag.filterMap(parse, () => expected),
    Flag.optional
  )

/** Settings of the environment and the file; an empty one counts as none. */
const variable = Effect.fnUntraced(function* <A>(name: string, { expected, parse }: values.Value<A>) {
  const text = yield* Config.option(Config.String(name))
  if (Option.isNone(text) || text.value.trim() === "") return Option.none<A>()
  const value = parse(text.value)
  if (Option.isSome(value)) return value
  return yield* new Failure({ message: `${name}: expected ${expected}, got "${text.value}"` })
})

export const setting =
  <A>(name: string, value: values.Value<A>) =>
  (given: Option.Option<A> = Option.none()) =>
    Option.isSome(given) ? Effect.succeed(given) : variable(name, value)

export const defaultPort = 46_337

export const listen = {
  host: flag("host", "<address>", "Address to listen on; 0.0.0.0 for all (INFERNET_HOST)", values.text),
  port: flag("port", "<port>", `Port of the API, usually ${defaultPort} (INFERNET_PORT)`, values.port).pipe(
    Flag.withAlias("p")
  )
}

export const serverPort = flag("port", "<port>", "Port of the server; without it, its usual one", values.port).pipe(
  Flag.withAlias("p")
)

const host = setting("INFERNET_HOST", values.text)
const port = setting("INFERNET_PORT", values.port)

/** Where to listen. */
export const address = Effect.fnUntraced(function* (given: {
  readonly host: Option.Option<string>
  readonly port: Option.Option<number>
}) {
  return {
    host: Option.getOrElse(yield* host(given.host), () => "127.0.0.1"),
    port: Option.getOrElse(yield* port(given.port), () => defaultPort)
  }
})

/** How long running jobs may go on before an end. */
export const drainTimeout = Flag.Int("timeout").pipe(
  Flag.withMetavar("<seconds>"),
  Flag.withDescription("How long running jobs may go on, up to a day (usually 60)"),
  Flag.filter(
    (seconds) => seconds >= 0 && seconds <= 86_400,
    () => "seconds from 0 to 86400"
  ),
  Flag.withDefault(60)
)

export const controlPlaneFlag = (description: string) =>
  flag("control-plane", "<url>", `${description} (INFERNET_CONTROL_PLANE)`, values.url)

export const controlPlane = setting("INFERNET_CONTROL_PLANE", values.url)
/** Spoken between people: nothing but its length is judged before the control plane sees it. */
export const linkCodeFlag = flag(
  "link-code",
  "<code>",
  "Join the account of the operator who made this code (INFERNET_LINK_CODE)",
  values.text
)

export const linkCode = setting("INFERNET_LINK_CODE", values.text)
/** What this node's work costs, where that is less than the list price. */
export const asks = setting("INFERNET_PRICE", values.asks)
export const nodeName = setting("INFERNET_NODE_NAME", values.name)
export const payoutAddress = setting("INFERNET_PAYOUT_ADDRESS", values.payoutAddress)
export const publicUrl = setting("INFERNET_PUBLIC_URL", values.url)
export const backend = setting("INFERNET_BACKEND", values.text)
export const model = setting("INFERNET_MODEL", values.modelName)
export const logLevel = setting("INFERNET_LOG_LEVEL", values.logLevel)

export const json = Flag.Boolean("json").pipe(Flag.withDescription("Print JSON for programs"), Flag.withDefault(false))

export const yes = Flag.Boolean("yes").pipe(
  Flag.withAlias("y"),
  Flag.withDescription("Do it without asking"),
  Flag.withDefault(false)
)

const isOn = (name: string) =>
  Effect.map(
    setting(name, values.flag)(),
    Option.getOrElse(() => false)
  )

/** Whether nodes that are not known need a link code. */
export const requireInvite = isOn("INFERNET_REQUIRE_INVITE")
/** Whether any wallet gets an account by signing in. */
export const openSignUp = isOn("INFERNET_OPEN_SIGN_UP")

/** Whether new nodes wait for an administrator's word. */
export const requireNodeApproval = isOn("INFERNET_REQUIRE_NODE_APPROVAL")

/** Whether nobody may be asked anything. */
export const nonInteractive = isOn("INFERNET_NONINTERACTIVE")

/** The key for a control plane elsewhere. */
export const bearerToken = Config.option(Config.Redacted("INFERNET_BEARER_TOKEN"))

/** Names that a server answers to; none given on a public address means any. */
export const allowedHosts = Effect.map(setting("INFERNET_ALLOWED_HOSTS", values.text)(), (text) =>
  Option.getOrElse(text, () => "")
    .split(",")
    .map((name) => name.trim().toLowerCase())
    .filter((name) => name !== "")
)
