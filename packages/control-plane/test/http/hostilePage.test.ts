import { expect } from "bun:test"
import { it } from "@infernet/testing/harness"
import * as Network from "@infernet/testing/Network"
import { Effect } from "effect"
import { privateKeyToAccount } from "viem/accounts"
import { call, jsonOf } from "./client.ts"

const wallet = privateKeyToAccount(`0x${"46".repeat(32)}`)
const live = (name: string, body: Parameters<typeof it.live>[1]) => it.live(name, body, { timeout: 20_000 })

/** All of them are routes with the cookie, as the router reads them. */
const spellings = [
  "/api/v1/session",
  "/api/v1/session/",
  "//api/v1/session",
  "/api//v1/session",
  "/API/v1/Session",
  "/api/v1/sess%69on",
  "/api/v1/session;x",
  "/sign-in/",
  "/Sign-In"
]

live("However its path is spelled, a route with the cookie is open to no page elsewhere", () =>
  Effect.gen(function* () {
    const plane = yield* Network.plane()
    const allowed = (path: string, method: string) =>
      Effect.map(call(plane, path, { method }), ({ headers }) => headers.get("access-control-allow-origin"))
    for (const path of spellings) {
      expect([path, yield* allowed(path, "GET"), yield* allowed(path, "OPTIONS")]).toEqual([path, null, null])
    }
    expect(yield* allowed("/api/v1/sessions", "OPTIONS")).toBe("*")
  })
)

live("Answers are kept by nobody on their way, those with secrets as all others", () =>
  Effect.gen(function* () {
    const plane = yield* Network.plane()
    const { key } = yield* Network.account(plane)
    const answers = [
      yield* call(plane, "/api/v1/session"),
      yield* call(plane, "/api/v1/sessions/links", { method: "POST", key }),
      yield* call(plane, "/api/v1/keys", { key, json: { name: "app" } }),
      yield* call(plane, "/v1/models", { key })
    ]
    expect(answers.map(({ headers }) => headers.get("cache-control"))).toEqual(Array(4).fill("no-store"))
  })
)

live("What a wallet signed at a page elsewhere opens no account, also where any name is answered", () =>
  Effect.gen(function* () {
    const plane = yield* Network.plane({ openSignUp: true, allowedHosts: new Set() })
    // Whoever runs that page sends us its name as the host, as no browser has to.
    const phishing = { host: "evil.example", origin: "https://evil.example" }
    const ask = (path: string, json: unknown) => call(plane, path, { headers: phishing, json })
    const challenge = yield* ask("/api/v1/session/challenge", { address: wallet.address })
    expect([challenge.status, jsonOf(challenge).error_message]).toEqual([
      403,
      expect.stringContaining("wallets sign in at http://127.0.0.1")
    ])
    const message = "evil.example wants you to sign in with your Ethereum account:"
    const signature = yield* Effect.promise(() => wallet.signMessage({ message }))
    expect((yield* ask("/api/v1/session", { message, signature })).status).toBe(403)
  })
)

live("Whoever is yet to be known sends little, and is told no more than that", () =>
  Effect.gen(function* () {
    const plane = yield* Network.plane()
    const sent = (json: unknown) => call(plane, "/api/v1/session", { json, headers: { origin: plane.url } })
    expect((yield* sent({ code: "a".repeat(2 << 20) })).status).toBe(413)
    const named = yield* sent({ code: "a", ["b".repeat(100_000)]: 1 })
    expect([named.status, named.text.length < 1_000]).toEqual([400, true])
  })
)
