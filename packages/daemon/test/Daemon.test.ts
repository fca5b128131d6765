import { describe, expect } from "bun:test"
import { Identity } from "@infernet/auth/Identity"
import { ReplayGuard } from "@infernet/auth/ReplayGuard"
import { RequestVerifier } from "@infernet/auth/RequestVerifier"
import { Verifier } from "@infernet/auth/verifier/Verifier"
import { HardwareReadings } from "@infernet/backend/Hardware"
import { ControlPlaneId } from "@infernet/contract/Id"
import * as Daemon from "@infernet/daemon/Daemon"
import { type DaemonEvent, DaemonEvents } from "@infernet/daemon/DaemonEvents"
import { LinkTransport } from "@infernet/daemon/link/LinkTransport"
import { Keyring } from "@infernet/daemon/node/Keyring"
import * as Files from "@infernet/testing/fakes/Files"
import * as ScriptedBackends from "@infernet/testing/fakes/ScriptedBackends"
import * as SecureRandom from "@infernet/testing/fakes/SecureRandom"
import { it } from "@infernet/testing/harness"
import { Clock, Context, Effect, Layer, Path, Scope, Stream } from "effect"
import { HttpClient, HttpClientError, HttpClientResponse } from "effect/http"
import { TestClock } from "effect/testing"
import { FakePlane } from "./FakePlane.ts"
import { jobMessage, plane, say, welcome } from "./world.ts"

interface Settings {
  away: boolean
  id: ControlPlaneId
  /** Statuses to answer with once, by request. */
  readonly answers: Map<string, number>
  hangs: boolean
  /** Whether it waits for an administrator's word. */
  pending: boolean
}

/** The HTTP side of a control plane: checks every signature and notes what was asked and when. */
const http = Effect.gen(function* () {
  const { verifyRequest } = yield* RequestVerifier
  const identity = yield* Identity
  const requests: Array<string> = []
  const registrations: Array<unknown> = []
  const settings: Settings = { away: false, id: plane, answers: new Map(), hangs: false, pending: false }
  const client = HttpClient.make((request, url) =>
    Effect.gen(function* () {
      if (settings.hangs) return yield* Effect.never
      if (settings.away) {
        return yield* new HttpClientError.HttpClientError({ reason: new HttpClientError.TransportError({ request }) })
      }
      const answer = (body: unknown, status = 200) =>
        HttpClientResponse.fromWeb(request, Response.json(body, { status }))
      if (url.pathname === "/api/v1/info") {
        return answer({ control_plane_id: settings.id, version: "1", server_time: "" })
      }
      const seconds = ((yield* Clock.currentTimeMillis) - 1_000_000) / 1000
      const name = `${request.method} ${url.pathname.replace(identity.id, "me")}`
      requests.push(`${Math.floor(seconds)} ${name}`)
      const { body, headers, method } = request
      yield* verifyRequest({
        controlPlane: settings.id,
        node: identity.id,
        method,
        path: url.pathname,
        body: body._tag === "Uint8Array" ? body.body : new Uint8Array(),
        header: headers["x-infernet-auth"],
        publicKey: Effect.succeed(identity.publicKey)
      }).pipe(Effect.orDie)
      const status = settings.answers.get(name)
      settings.answers.delete(name)
      if (status !== undefined) return answer({ error: "x", error_message: "as the test said" }, status)
      const bytes = body._tag === "Uint8Array" ? body.body : new Uint8Array()
      if (name === "POST /api/v1/nodes/me") registrations.push(JSON.parse(new TextDecoder().decode(bytes)))
      const reply = { server_time: "", commands: [], replicas: [], drain: false }
      return answer(settings.pending ? { ...reply, pending: true } : reply)
    })
  )
  return { client, registrations, requests, settings }
})

/** A daemon in a scope of its own, so that a test can stop it. */
const world = Effect.gen(function* () {
  yield* TestClock.setTime(1_000_000)
  const { client, registrations, requests, settings } = yield* http
  const fake = new FakePlane({
    said: (link, { type }) => {
      if (type === "hello") link.send(welcome())
      if (type === "ping") link.send({ type: "pong" })
    }
  })
  const identity = Layer.provide(Keyring.layerOne, Layer.succeed(Identity, yield* Identity))
  const stoppedAt: Array<number> = []
  const chat: ScriptedBackends.Script["chat"] = (_, emit) =>
    Effect.andThen(
      Effect.sync(() => void emit("text", "so far")),
      Effect.onInterrupt(Effect.never, () =>
        Effect.map(Clock.currentTimeMillis, (at) => void stoppedAt.push(at - 1_000_000))
      )
    )
  const events: Array<DaemonEvent> = []
  const note = (event: DaemonEvent) => Effect.sync(() => void events.push(event))
  const start = Effect.gen(function* () {
    const layer = Daemon.layer({
      name: "pit",
      linkCode: "K7QM-2XRD-9FTA",
      version: "1.0.0",
      controlPlaneUrl: "http://plane:1/",
      pinFile: "/pins/plane",
      commandsFile: "/commands.json",
      receiptsFolder: "/receipts"
    }).pipe(
      Layer.provide([
        identity,
        HardwareReadings.layerTest(ScriptedBackends.hardware),
        ScriptedBackends.layer({ chat }),
        Layer.succeed(LinkTransport, fake.transport),
        Layer.succeed(HttpClient.HttpClient, client)
      ])
    )
    const scope = yield* Scope.make()
    const context = yield* Layer.buildWithScope(Layer.fresh(layer), scope)
    yield* Context.get(context, DaemonEvents).stream.pipe(Stream.runForEach(note), Effect.forkIn(scope))
    return scope
  })
  return { events, fake, registrations, requests, settings, start, stoppedAt }
})

const services = RequestVerifier.layer.pipe(
  Layer.provide([ReplayGuard.layerMemory, Verifier.layer]),
  Layer.provideMerge(Identity.layerRandom),
  Layer.provideMerge(SecureRandom.layer),
  Layer.provideMerge(Files.layer()),
  Layer.provideMerge(Path.layer)
)
type Services = Layer.Success<typeof services> | Scope.Scope
const test = (name: string, body: () => Effect.Effect<void, unknown, Services>) =>
  it(name, () => Effect.suspend(body).pipe(Effect.provide(services, { local: true })))

describe("a daemon", () => {
  test("waits for its control plane, registers, beats every 30 s and opens its link", () =>
    Effect.gen(function* () {
      const { events, fake, requests, settings, start } = yield* world
      settings.away = true
      yield* start
      yield* TestClock.adjust("5 minutes")
      expect(events.at(-1)?.type).toBe("waiting")
      expect(requests).toEqual([])
      settings.away = false
      yield* TestClock.adjust("30 seconds")
      expect(fake.links).toHaveLength(1)
      const told = events.map(({ type }) => type).filter((type) => type === "registered" || type === "linked")
      // The first beat is on its way as well, and heard of when its answer is signed for and read.
      expect(told).toEqual(["registered", "linked"])
      yield* TestClock.adjust("1 minute")
      const [registered, ...beats] = requests.map((request) => request.split(" "))
      expect(registered?.slice(1)).toEqual(["POST", "/api/v1/nodes/me"])
      const [first, second, third] = beats.map(([second]) => Number(second))
      expect([Number(second) - Number(first), Number(third) - Number(first)]).toEqual([30, 60])
    }))

  test("brings its link code, and says once that it waits for approval and once that it does no more", () =>
    Effect.gen(function* () {
      const { events, registrations, settings, start } = yield* world
      settings.pending = true
      yield* start
      yield* TestClock.adjust("95 seconds")
      expect(registrations).toMatchObject([{ name: "pit", link_code: "K7QM-2XRD-9FTA" }])
      settings.pending = false
      yield* TestClock.adjust("65 seconds")
      expect(events.filter(({ type }) => type === "pending")).toEqual([
        { type: "pending", on: true },
        { type: "pending", on: false }
      ])
    }))

  test("registers again when its control plane no longer knows it", () =>
    Effect.gen(function* () {
      const { requests, settings, start } = yield* world
      settings.answers.set("POST /api/v1/nodes/me/heartbeat", 401)
      yield* start
      yield* TestClock.adjust("31 seconds")
      const [register, beat] = ["POST /api/v1/nodes/me", "POST /api/v1/nodes/me/heartbeat"] as const
      const asked = requests.map((request) => request.replace(/^\d+ /, ""))
      expect(asked.slice(0, 3)).toEqual([register, beat, register])
    }))

  test("does not follow its address to another control plane, and says so", () =>
    Effect.gen(function* () {
      const { events, requests, settings, start } = yield* world
      const scope = yield* start
      yield* TestClock.adjust(1)
      yield* Scope.close(scope, yield* Effect.exit(Effect.void))
      settings.id = ControlPlaneId.make(`0x${"ee".repeat(20)}`)
      requests.length = 0
      yield* start
      yield* TestClock.adjust(1)
      expect(requests).toEqual([])
      const reason = expect.stringMatching(new RegExp(`joined control plane ${plane}.*delete /pins/plane`))
      expect(events.at(-1)).toEqual({ type: "refused", reason })
    }))

  test("stops within 2 s: backends within 0.7 s, with the bill for what was done, then takes leave even of one that hangs", () =>
    Effect.gen(function* () {
      const { fake, settings, start, stoppedAt } = yield* world
      const scope = yield* start
      yield* TestClock.adjust(1)
      yield* say(fake.link, jobMessage(1))
      settings.hangs = true
      let stopped = false
      yield* Scope.close(scope, yield* Effect.exit(Effect.void)).pipe(
        Effect.andThen(Effect.sync(() => void (stopped = true))),
        Effect.forkScoped({ startImmediately: true })
      )
      yield* say(fake.link, jobMessage(2))
      expect(fake.link.said("refused")).toMatchObject([{ error: "node_stopping" }])
      yield* TestClock.adjust(699)
      expect(fake.link.said("failed")).toEqual([])
      yield* TestClock.adjust(1)
      const usage = { prompt_tokens: 1, completion_tokens: 1, total_tokens: 2 }
      expect(fake.link.said("failed")).toMatchObject([{ error: "node_stopping", seq: 1, usage }])
      expect(stoppedAt).toEqual([701])
      expect(fake.link.closed?.code).toBe(1001)
      yield* TestClock.adjust(1_000)
      expect(stopped).toBe(true)
    }))
})
