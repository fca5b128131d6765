import { describe, expect } from "bun:test"
import type { CommandView } from "@infernet/contract/Command"
import { NodeId } from "@infernet/contract/Id"
import { Nodes } from "@infernet/control-plane/node/Nodes"
import { it } from "@infernet/testing/harness"
import * as Network from "@infernet/testing/Network"
import { Context, Effect } from "effect"
import { call, jsonOf } from "./client.ts"
import { rogue, signer } from "./rogue.ts"

const install = { kind: "model_install", model: "qwen3:4b" } as const

const world = Effect.gen(function* () {
  const plane = yield* Network.plane()
  const node = yield* rogue(plane, "m")
  const admin = yield* Network.account(plane, "admin")
  const owner = yield* Network.account(plane, "operator")
  const stranger = yield* Network.account(plane, "operator")
  yield* Context.get(plane.services, Nodes).assign(node.id, owner.id)
  const at = (path: string, id: NodeId = node.id) => `/api/v1/nodes/${id}${path}`
  const issue = (json: object, init: object = {}) => call(plane, at("/commands"), { key: owner.key, json, ...init })
  const read = (id: string) => call(plane, at(`/commands/${id}`), { key: owner.key })
  return { admin, at, issue, node, owner, plane, read, stranger }
})

describe("a command", () => {
  it.live("reaches its node at once and is followed to its end, by its operator alone", () =>
    Effect.gen(function* () {
      const { admin, at, issue, node, owner, plane, read, stranger } = yield* world
      const issued = yield* issue(install)
      expect(issued.status).toBe(202)
      const { id } = jsonOf(issued)
      expect(jsonOf(issued)).toEqual({
        ...install,
        id: expect.stringMatching(/^cmd_/),
        node_id: node.id,
        state: "pending",
        created_at: expect.any(String)
      })
      expect((yield* node.next("command")).command).toEqual({ ...install, id })
      expect(jsonOf(yield* issue(install)).id).toBe(id)
      for (const { key } of [owner, admin]) {
        expect(jsonOf(yield* call(plane, at("/commands"), { key }))).toEqual({
          commands: [jsonOf(issued)],
          next_cursor: null
        })
      }
      for (const [path, init] of [
        ["/commands", {}],
        ["/commands", { json: install }],
        [`/commands/${id}`, {}],
        [`/commands/${id}`, { method: "DELETE" }],
        ["/commands/cmd_00000000000000000000", {}],
        ["/details", {}]
      ] as const) {
        const answer = yield* call(plane, at(path), { key: stranger.key, ...init })
        expect([path, answer.status, jsonOf(answer).error]).toEqual([path, 403, "forbidden"])
        expect((yield* call(plane, at(path), init)).status).toBe(401)
        const nobody = NodeId.make(`0x${"9".repeat(40)}`)
        expect((yield* call(plane, at(path, nobody), { key: owner.key, ...init })).status).toBe(404)
      }
      const progress = { phase: "downloading", completed_bytes: 1, total_bytes: 4 }
      expect(jsonOf(yield* node.report(id, { state: "running", progress }))).toEqual({ state: "running" })
      expect(jsonOf(yield* read(id))).toMatchObject({ state: "running", progress, started_at: expect.any(String) })
      const failed = { state: "failed", error: "does_not_fit", error_message: "it needs\u001b[31m 9 GB\n more" }
      expect(jsonOf(yield* node.report(id, failed))).toEqual({ state: "failed" })
      expect(jsonOf(yield* node.report(id, { state: "completed" }))).toEqual({ state: "failed" })
      const ended = jsonOf(yield* read(id))
      const error_message = "it needs 9 GB more"
      expect(ended).toMatchObject({ ...failed, error_message, finished_at: expect.any(String) })
      expect(ended.progress).toBeUndefined()
    })
  )

  it.live("that is wrong is refused with the field that is", () =>
    Effect.gen(function* () {
      const { issue, node, plane, at, owner } = yield* world
      for (const [json, field] of [
        [{ kind: "reboot" }, "kind"],
        [{ kind: "model_install" }, "model"],
        [{ kind: "model_install", model: "https://example.com/m.gguf" }, "model"],
        [{ kind: "model_install", model: "/etc/passwd" }, "model"],
        [{ kind: "model_install", model: "org/name", file: "m.gguf" }, "sha256"],
        [{ kind: "model_install", model: "org/name", file: "m.gguf", sha256: "xyz" }, "sha256"],
        [{ kind: "model_remove" }, "model"],
        [{ kind: "drain", model: "m" }, "model"],
        [{ kind: "drain", more: 1 }, "more"]
      ] as const) {
        const answer = yield* issue(json)
        expect([json, answer.status, jsonOf(answer).field]).toEqual([json, 400, field])
      }
      expect(jsonOf(yield* issue({ kind: "model_install", model: "/m" })).error_message).toBe(
        "model: URLs and paths are for the local command only"
      )
      expect((yield* call(plane, at("/commands/cmd_x"), { key: owner.key })).status).toBe(400)
      expect((yield* call(plane, at("/commands?limit=0"), { key: owner.key })).status).toBe(400)
      expect(jsonOf(yield* call(plane, at("/commands"), { key: owner.key })).commands).toEqual([])
      expect(yield* Effect.flip(Effect.timeout(node.next("command"), "50 millis"))).toBeDefined()
    })
  )

  it.live("with an Idempotency-Key is one command, and no other", () =>
    Effect.gen(function* () {
      const { issue, node } = yield* world
      const headers = { "idempotency-key": "k" }
      const { id } = jsonOf(yield* issue(install, { headers }))
      yield* node.report(id, { state: "completed" })
      expect(jsonOf(yield* issue(install, { headers }))).toMatchObject({ id, state: "completed" })
      const other = yield* issue({ ...install, model: "other" }, { headers })
      expect([other.status, jsonOf(other).error]).toEqual([409, "conflict"])
      expect(jsonOf(yield* issue(install)).id).not.toBe(id)
    })
  )

  it.live("is of one node: what another says of it is not found and changes nothing", () =>
    Effect.gen(function* () {
      const { issue, node, plane, read } = yield* world
      const other = yield* signer(plane)
      yield* other.post("", JSON.stringify(other.registration))
      const { id } = jsonOf(yield* issue(install))
      const report = JSON.stringify({ state: "completed" })
      const theirs = yield* other.post(`/commands/${id}`, report)
      const nobodys = yield* other.post("/commands/cmd_00000000000000000000", report)
      expect([theirs.status, nobodys.status]).toEqual([404, 404])
      expect(theirs.text.replace(id, "cmd_00000000000000000000")).toBe(nobodys.text)
      // Its own signature does not open another node's path.
      const forged = yield* other.header("POST", `${other.path}/commands/${id}`, new TextEncoder().encode(report))
      const headers = { "content-type": "application/json", "x-infernet-auth": forged }
      const path = `/api/v1/nodes/${node.id}/commands/${id}`
      expect((yield* call(plane, path, { body: report, headers })).status).toBe(401)
      expect(jsonOf(yield* read(id)).state).toBe("pending")
    })
  )

  it.live("is not changed by reports that are malformed or too large", () =>
    Effect.gen(function* () {
      const { issue, node, read } = yield* world
      const { id } = jsonOf(yield* issue(install))
      for (const [body, status] of [
        [{ state: "expired" }, 400],
        [{}, 400],
        [{ state: "failed", error: "because" }, 400],
        [{ state: "failed", error_message: "x".repeat(3_000) }, 400],
        [{ state: "running", progress: { phase: "downloading", completed_bytes: -1 } }, 400],
        [{ state: "running", more: "x".repeat(1 << 20) }, 413]
      ] as const) {
        expect([JSON.stringify(body).slice(0, 60), (yield* node.report(id, body)).status]).toEqual([
          JSON.stringify(body).slice(0, 60),
          status
        ])
      }
      expect(jsonOf(yield* read(id)).state).toBe("pending")
    })
  )

  it.live("is cancelled at once while it waits, and by its node once it runs", () =>
    Effect.gen(function* () {
      const { at, issue, node, owner, plane } = yield* world
      const cancel = (id: string) => call(plane, at(`/commands/${id}`), { method: "DELETE", key: owner.key })
      const first = jsonOf(yield* issue(install)).id
      expect(jsonOf(yield* cancel(first))).toMatchObject({ state: "cancelled" })
      expect((yield* node.next("command")).command.cancelled).toBeUndefined()
      expect((yield* node.next("command")).command).toMatchObject({ id: first, cancelled: true })
      expect(jsonOf(yield* node.report(first, { state: "running" }))).toEqual({ state: "cancelled" })
      const second = jsonOf(yield* issue(install)).id
      yield* node.report(second, { state: "running" })
      expect(jsonOf(yield* cancel(second))).toMatchObject({ state: "running", cancelled: true })
      expect(jsonOf(yield* node.report(second, { state: "running" }))).toEqual({ state: "running", cancelled: true })
      const third = jsonOf(yield* issue(install)).id
      expect(third).not.toBe(second)
      expect(jsonOf(yield* node.beat)).toMatchObject({ commands: [{ id: second, cancelled: true }, { id: third }] })
      yield* node.report(second, { state: "cancelled" })
      expect(jsonOf(yield* cancel(second))).toMatchObject({ state: "cancelled" })
      expect((yield* cancel("cmd_00000000000000000000")).status).toBe(404)
    })
  )

  it.live("to drain takes effect when it is issued, and the heartbeat says so", () =>
    Effect.gen(function* () {
      const { at, issue, node, owner, plane } = yield* world
      const status = Effect.map(call(plane, at("/status")), (answer) => jsonOf(answer).status)
      const models = Effect.map(call(plane, "/api/v1/models", { key: owner.key }), (answer) => jsonOf(answer).models)
      expect([yield* status, (yield* models).length]).toEqual(["online", 1])
      const { id } = jsonOf(yield* issue({ kind: "drain" }))
      expect([yield* status, (yield* models).length]).toEqual(["draining", 0])
      expect(jsonOf(yield* node.beat)).toMatchObject({ drain: true, commands: [{ id, kind: "drain" }] })
      const cancelled = yield* call(plane, at(`/commands/${id}`), { method: "DELETE", key: owner.key })
      expect([cancelled.status, jsonOf(cancelled).error_message]).toEqual([409, expect.stringContaining("send resume")])
      yield* node.report(id, { state: "completed" })
      expect(jsonOf(yield* node.beat)).toMatchObject({ drain: true, commands: [] })
      yield* issue({ kind: "resume" })
      expect([yield* status, (yield* models).length]).toEqual(["online", 1])
      expect(jsonOf(yield* node.beat)).toMatchObject({ drain: false })
    })
  )

  it.live("shows its progress live, as told over the link", () =>
    Effect.gen(function* () {
      const { issue, node, read } = yield* world
      const { id } = jsonOf(yield* issue(install))
      for (const completed_bytes of [1, 2, 3]) {
        node.say({ type: "progress", command: id, progress: { phase: "downloading", completed_bytes, total_bytes: 4 } })
      }
      const view: CommandView = yield* Effect.map(read(id), jsonOf).pipe(
        Effect.repeat({ until: (view: CommandView) => view.state === "running", times: 200 })
      )
      expect(view).toMatchObject({ state: "running", progress: { completed_bytes: 3, total_bytes: 4 } })
    })
  )
})

describe("a node's details", () => {
  it.live("are its operator's: strangers see no address, host name or CPU model", () =>
    Effect.gen(function* () {
      const { at, node, owner, plane, stranger } = yield* world
      const details = yield* call(plane, at("/details"), { key: owner.key })
      expect(jsonOf(details)).toMatchObject({
        id: node.id,
        account_id: owner.id,
        drained: false,
        hardware: { cpu_model: "abacus" },
        backends: [],
        models: [{ id: "m", state: "loaded" }]
      })
      for (const path of ["", "/status"]) {
        expect((yield* call(plane, at(path), { key: stranger.key })).text).not.toMatch(/abacus|hardware|account/)
      }
      expect((yield* call(plane, "/api/v1/nodes", { key: stranger.key })).text).not.toMatch(/abacus|hardware|account/)
    })
  )
})
