/** Settings that several commands share, each with its flag and its variable. */
import { Config, Option } from "effect"
import { Flag } from "effect/cli"

export const defaultPort = 46_337

export const port = Flag.Int("port").pipe(
  Flag.withAlias("p"),
  Flag.withDescription("Port of the control plane's API (INFERNET_PORT)"),
  Flag.withFallbackConfig(Config.Int("INFERNET_PORT")),
  Flag.withDefault(defaultPort),
  Flag.filter(
    (port) => port >= 1 && port <= 65_535,
    (port) => `expected a port from 1 to 65535, got ${port}`
  )
)

export const host = Flag.String("host").pipe(
  Flag.withDescription("Address to listen on; 0.0.0.0 for all (INFERNET_HOST)"),
  Flag.withFallbackConfig(Config.String("INFERNET_HOST")),
  Flag.withDefault("127.0.0.1")
)

export const controlPlane = Flag.String("control-plane").pipe(
  Flag.withDescription("Control plane to use; without it, the one on this machine (INFERNET_CONTROL_PLANE)"),
  Flag.withFallbackConfig(Config.String("INFERNET_CONTROL_PLANE")),
  Flag.optional
)

export const json = Flag.Boolean("json").pipe(Flag.withDescription("Print JSON for programs"), Flag.withDefault(false))

export const apiKey = Config.option(Config.Redacted("INFERNET_BEARER_TOKEN"))

/** Names that a server answers to; none given on a public address means any. */
export const allowedHosts = Config.String("INFERNET_ALLOWED_HOSTS").pipe(
  Config.option,
  Config.map((text) =>
    Option.getOrElse(text, () => "")
      .split(",")
      .map((name) => name.trim().toLowerCase())
      .filter((name) => name !== "")
  )
)
