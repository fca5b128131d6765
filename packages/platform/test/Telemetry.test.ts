import { describe, expect } from "bun:test"
import { mkdtempSync, readFileSync, rmSync, statSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import * as BunHttp from "@infernet/platform/BunHttp"
import * as Telemetry from "@infernet/platform/Telemetry"
import { it } from "@infernet/testing/harness"
import { ConfigProvider, Effect, Layer, Metric, Redacted } from "effect"
import { HttpRouter, HttpServer } from "effect/http"
import { NetAddress } from "effect/net"
import { TestConsole } from "effect/testing"

const secret = Redacted.make("do not tell")
const talk = Effect.logDebug("too quiet").pipe(Effect.andThen(Effect.logInfo("job done", { tokens: 7, secret })))

const logged = (env: Record<string, string>, isTerminal: boolean) =>
  talk.pipe(
    Effect.provide(
      Telemetry.layer({ isTerminal }).pipe(Layer.provide(ConfigProvider.layer(ConfigProvider.fromUnknown(env))))
    ),
    Effect.andThen(TestConsole.errorLines)
  )

const request = (url: string) => fetch(url).then((response) => response.text())

describe("Telemetry", () => {
  it("writes one JSON object a line, at the level asked for, with secrets kept", () =>
    Effect.gen(function* () {
      const lines = yield* logged({}, false)
      expect(lines).toHaveLength(1)
      expect(JSON.parse(String(lines[0]))).toMatchObject({
        level: "INFO",
        message: ["job done", { tokens: 7, secret: "<redacted>" }],
        timestamp: "1970-01-01T00:00:00.000Z"
      })
      expect(yield* TestConsole.logLines).toEqual([])
    }))

  it("is made for people at a terminal, unless in production", () =>
    Effect.gen(function* () {
      const [line] = yield* logged({}, true)
      expect(() => JSON.parse(String(line))).toThrow()
      const lines = yield* logged({ NODE_ENV: "production", INFERNET_LOG_LEVEL: "debug" }, true)
      expect(lines.slice(-2).map((line) => JSON.parse(String(line)).level)).toEqual(["DEBUG", "INFO"])
    }))

  it("keeps a copy in a file that only its owner reads", () =>
    Effect.gen(function* () {
      const directory = mkdtempSync(join(tmpdir(), "infernet-log-"))
      yield* Effect.addFinalizer(() => Effect.sync(() => rmSync(directory, { recursive: true })))
      const file = join(directory, "infernet.log")
      yield* logged({ INFERNET_LOG_FILE: file }, false)
      expect(JSON.parse(readFileSync(file, "utf8"))).toMatchObject({ level: "INFO" })
      expect(statSync(file).mode & 0o777).toBe(0o600)
    }))

  it.live("serves the metrics", () =>
    Effect.gen(function* () {
      yield* Metric.update(Metric.counter("infernet_test_jobs", { incremental: true }), 3)
      const app = HttpRouter.serve(Telemetry.metrics, { disableLogger: true, disableListenLog: true })
      const context = yield* Layer.build(app.pipe(Layer.provideMerge(BunHttp.layer({ port: 0 }))))
      const { address } = yield* HttpServer.HttpServer.pipe(Effect.provide(context))
      const text = yield* Effect.promise(() => request(`${NetAddress.formatUrlUnsafe(address)}/metrics`))
      expect(text).toContain("infernet_test_jobs 3")
    }).pipe(Effect.provideService(Metric.MetricRegistry, new Map()))
  )
})
