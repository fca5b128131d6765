/** What a process tells about itself: log lines on standard error, and metrics at `/metrics`. */
import * as NodeFileSystem from "@effect/platform-node/NodeFileSystem"
import { Config, Effect, Layer, Logger, Option, References } from "effect"
import { PrometheusMetrics } from "effect/observability"

const levels = { trace: "Trace", debug: "Debug", info: "Info", warn: "Warn", error: "Error" } as const

const settings = Config.all({
  level: Config.Literals(["trace", "debug", "info", "warn", "error"], "INFERNET_LOG_LEVEL").pipe(
    Config.withDefault("info")
  ),
  file: Config.option(Config.NonEmptyString("INFERNET_LOG_FILE")),
  production: Config.String("NODE_ENV").pipe(
    Config.map((name) => name === "production"),
    Config.withDefault(false)
  )
})

export interface Terminal {
  readonly isTerminal: boolean
}

/**
 * Logs for people at a terminal, as JSON lines to anything else and in production; also as JSON lines to
 * `INFERNET_LOG_FILE`, when it is set. Standard output is left to what a command has to say.
 */
export const layer = ({ isTerminal }: Terminal = { isTerminal: process.stderr.isTTY }) =>
  Layer.unwrap(
    Effect.map(settings, ({ level, file, production }) => {
      const pretty = isTerminal && !production
      const console = pretty ? Logger.consolePretty({ colors: true }) : Logger.withConsoleError(Logger.formatJson)
      const files = Option.map(file, (path) => Logger.toFile(Logger.formatJson, path, { flag: "a", mode: 0o600 }))
      return Layer.mergeAll(
        Logger.layer([console, Logger.tracerLogger, ...Option.toArray(files)]),
        Layer.succeed(Logger.LogToStderr, true),
        Layer.succeed(References.MinimumLogLevel, levels[level])
      )
    })
  ).pipe(Layer.provide(NodeFileSystem.layer))

/** `GET /metrics`, in the Prometheus text format. */
export const metrics = PrometheusMetrics.layerHttp()
