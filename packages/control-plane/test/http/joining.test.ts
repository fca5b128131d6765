import { describe, expect } from "bun:test"
import { openToAll } from "@infernet/control-plane/Settings"
import * as Chats from "@infernet/testing/fakes/Chats"
import { it } from "@infernet/testing/harness"
import * as Network from "@infernet/testing/Network"
import { Effect } from "effect"
import { call, chat, jsonOf } from "./client.ts"
import { rogue, signer } from "./rogue.ts"

const newCode = (plane: Network.Plane, key: string) => call(plane, "/api/v1/link-codes", { key, method: "POST" })
const join = (node: Effect.Success<ReturnType<typeof signer>>, link_code?: string) =>
  node.post("", JSON.stringify({ ...node.registration, ...(link_code !== undefined && { link_code }) }))

describe("a network that takes nodes by invitation", () => {
  it.live("tells a stranger how to get in, and lets in who brings a code, to the account it is of", () =>
    Effect.gen(function* () {
      const plane = yield* Network.plane({ admission: { ...openToAll, inviteOnly: true } })
      expect(jsonOf(yield* call(plane, "/api/v1/info")).invite_required).toBe(true)
      const [operator, client] = [yield* Network.account(plane, "operator"), yield* Network.account(plane, "client")]
      const [node, other] = [yield* signer(plane), yield* signer(plane)]
      const stranger = yield* join(node)
      expect([stranger.status, jsonOf(stranger).error]).toEqual([403, "forbidden"])
      expect(jsonOf(stranger).error_message).toContain("ask its operator for a link code")
      expect((yield* newCode(plane, client.key)).status).toBe(403)
      expect((yield* call(plane, "/api/v1/link-codes", { method: "POST" })).status).toBe(401)

      const issued = yield* newCode(plane, operator.key)
      expect(issued.status).toBe(201)
      const { account_id, code, created_at, expires_at } = jsonOf(issued)
      expect(account_id).toBe(operator.id)
      expect(Date.parse(expires_at) - Date.parse(created_at)).toBe(15 * 60_000)
      expect((yield* join(node, "no code")).status).toBe(403)
      expect((yield* join(node, code.toLowerCase().replaceAll("-", " "))).status).toBe(200)
      const details = yield* call(plane, `${node.path}/details`, { key: operator.key })
      expect(jsonOf(details).account_id).toBe(operator.id)
      // It is known now: it comes back with its code, and without.
      for (const again of [code, undefined]) expect((yield* join(node, again)).status).toBe(200)
      expect(jsonOf(yield* join(other, code)).error_message).toContain("used by another node")
      expect((yield* call(plane, `${other.path}/status`)).status).toBe(404)
    })
  )

  it.live("lets nobody try more than ten codes a minute from one address", () =>
    Effect.gen(function* () {
      const plane = yield* Network.plane()
      const node = yield* signer(plane)
      expect((yield* join(node)).status).toBe(200)
      for (let n = 0; n < 10; n++) {
        expect((yield* join(node, `0000-0000-000${n}`)).status).toBe(403)
      }
      const late = yield* join(node, "0000-0000-000A")
      expect([late.status, jsonOf(late).error]).toEqual([429, "rate_limited"])
      expect(Number(late.headers.get("retry-after"))).toBeGreaterThan(0)
      expect((yield* join(node)).status).toBe(200)
    })
  )
})

describe("a network that approves its nodes", () => {
  it.live("gives a new node no job before an administrator has said so, and then at once", () =>
    Effect.gen(function* () {
      const plane = yield* Network.plane({ admission: { ...openToAll, needsApproval: true } })
      const [admin, client] = [yield* Network.account(plane, "admin"), yield* Network.account(plane, "client")]
      const node = yield* rogue(plane, "tiny")
      const path = `/api/v1/nodes/${node.id}`
      const status = Effect.map(call(plane, `${path}/status`), (answer) => jsonOf(answer).status)
      const approve = (key: string) => call(plane, `${path}/approve`, { key, method: "POST" })
      expect(yield* status).toBe("pending")
      expect(jsonOf(yield* node.beat)).toMatchObject({ pending: true })
      const submit = call(plane, "/api/v1/jobs", { key: client.key, json: chat("hi", { node_id: node.id }) })
      expect(jsonOf(yield* submit).error).toBe("no_capacity")
      expect((yield* approve(client.key)).status).toBe(403)
      expect(yield* status).toBe("pending")
      const approved = yield* approve(admin.key)
      expect([approved.status, jsonOf(approved).status]).toEqual([200, "online"])
      expect((yield* submit).status).toBe(202)
      expect((yield* node.next("job")).request?.model).toBe("tiny")
      expect(jsonOf(yield* node.beat).pending).toBeUndefined()
      expect((yield* approve(admin.key)).status).toBe(200)
      const nobody = `/api/v1/nodes/0x${"9".repeat(40)}/approve`
      expect((yield* call(plane, nobody, { key: admin.key, method: "POST" })).status).toBe(404)
    })
  )

  it.live("takes its own node as it is", () =>
    Effect.gen(function* () {
      const own = yield* Effect.flatMap(Network.plane(), signer)
      const admission = { inviteOnly: true, needsApproval: true, own: own.identity.id }
      const plane = yield* Network.plane({ admission })
      const body = JSON.stringify(own.registration)
      const signature = yield* own.header("POST", own.path, new TextEncoder().encode(body))
      const headers = { "content-type": "application/json", "x-infernet-auth": signature }
      const answer = yield* call(plane, own.path, { body, headers })
      expect([answer.status, jsonOf(answer).status]).toEqual([200, "offline"])
    })
  )
})

it.live(
  "a key for some models only is no way to the nodes of its account",
  () =>
    Effect.gen(function* () {
      const plane = yield* Network.plane()
      const { key } = yield* Network.account(plane, "admin")
      const chats = yield* Chats.make
      const { id } = yield* Network.node(plane, chats)
      const made = yield* call(plane, "/api/v1/keys", { key, json: { name: "app", models: ["tiny"] } })
      const restricted = jsonOf(made).key
      const asked = [
        ["POST", "/api/v1/link-codes"],
        ["POST", `/api/v1/nodes/${id}/approve`],
        ["GET", `/api/v1/nodes/${id}/details`],
        ["POST", `/api/v1/nodes/${id}/commands`],
        ["POST", `/api/v1/nodes/${id}/rotate`]
      ] as const
      for (const [method, path] of asked) {
        const json = method === "POST" ? { json: { kind: "drain" } } : {}
        const answer = yield* call(plane, path, { method, key: restricted, ...json })
        expect([path, answer.status]).toEqual([path, 403])
        expect(jsonOf(answer).error_message).toContain("this key is for tiny only")
      }
      expect((yield* call(plane, "/api/v1/link-codes", { method: "POST", key })).status).toBe(201)
    }),
  { timeout: 20_000 }
)
