import { describe, expect } from "bun:test"
import { Accounts } from "@infernet/control-plane/account/Accounts"
import { SignIns } from "@infernet/control-plane/session/SignIns"
import { it } from "@infernet/testing/harness"
import * as Network from "@infernet/testing/Network"
import { Context, Effect, Redacted } from "effect"
import { privateKeyToAccount } from "viem/accounts"
import { type Answer, call, jsonOf } from "./client.ts"

const wallet = privateKeyToAccount(`0x${"46".repeat(32)}`)
const live = (name: string, body: Parameters<typeof it.live>[1]) => it.live(name, body, { timeout: 20_000 })

const cookieOf = ({ headers }: Answer): string => headers.get("set-cookie")?.split(";")[0] ?? ""

/** A browser at a page of this control plane. */
const browser = (plane: Network.Plane) => {
  const own = { origin: plane.url, "sec-fetch-site": "same-origin", "user-agent": "Mosaic/1.0" }
  const ask = (method: string, path: string, options: { json?: unknown; headers?: Record<string, string> } = {}) =>
    call(plane, path, {
      method,
      ...("json" in options ? { json: options.json } : {}),
      headers: { ...own, ...options.headers }
    })
  const signIn = Effect.fnUntraced(function* (json: unknown, headers: Record<string, string> = {}) {
    const answer = yield* ask("POST", "/api/v1/session", { json, headers })
    const cookie = cookieOf(answer)
    const csrf = answer.status === 201 ? jsonOf(answer).csrf_token : ""
    return { answer, cookie, csrf, signed: { cookie, "x-csrf-token": csrf } }
  })
  const challenge = (headers: Record<string, string> = {}) =>
    Effect.map(
      ask("POST", "/api/v1/session/challenge", { json: { address: wallet.address }, headers }),
      (answer) => jsonOf(answer).message as string
    )
  return { ask, signIn, challenge }
}

/** A code that signs in to a new account. */
const linked = Effect.fnUntraced(function* (plane: Network.Plane) {
  const { create } = Context.get(plane.services, Accounts)
  const { link } = Context.get(plane.services, SignIns)
  const { id } = yield* create({ name: "Ada", role: "operator" })
  return { account: id, code: Redacted.value((yield* link(id)).secret) }
})

describe("a wallet", () => {
  live("signs in to an account of its own where the network is open, with a message that is good once", () =>
    Effect.gen(function* () {
      const plane = yield* Network.plane({ openSignUp: true })
      const { challenge, signIn } = browser(plane)
      const message = yield* challenge()
      expect(message).toContain(`127.0.0.1:${plane.port} wants you to sign in`)
      const signature = yield* Effect.promise(() => wallet.signMessage({ message }))
      const { answer } = yield* signIn({ message, signature })
      expect(jsonOf(answer)).toMatchObject({
        account: { name: wallet.address.toLowerCase(), role: "client" },
        session: { signed_in_by: "wallet", browser: "Mosaic/1.0" }
      })
      const again = yield* signIn({ message, signature })
      expect([again.answer.status, jsonOf(again.answer).error_message]).toEqual([
        401,
        expect.stringContaining("it was used before")
      ])
      const second = yield* challenge()
      const other = yield* Effect.promise(() => wallet.signMessage({ message: second }))
      const anew = yield* signIn({ message: second, signature: other })
      expect(jsonOf(anew.answer).account.id).toBe(jsonOf(answer).account.id)
    })
  )

  live("that nobody knows is refused where the network is not, until a person signed in has added it", () =>
    Effect.gen(function* () {
      const plane = yield* Network.plane()
      const { ask, challenge, signIn } = browser(plane)
      const proof = Effect.gen(function* () {
        const message = yield* challenge()
        return { message, signature: yield* Effect.promise(() => wallet.signMessage({ message })) }
      })
      expect((yield* signIn(yield* proof)).answer.status).toBe(403)
      const { account, code } = yield* linked(plane)
      const { signed } = yield* signIn({ code })
      const { token } = jsonOf(yield* ask("POST", "/api/v1/session/token", { headers: signed }))
      const bearer = { authorization: `Bearer ${token}` }
      const added = yield* ask("POST", "/api/v1/sessions/wallets", { json: yield* proof, headers: bearer })
      expect(jsonOf(added)).toEqual({ wallets: [wallet.address.toLowerCase()] })
      expect(jsonOf((yield* signIn(yield* proof)).answer).account.id).toBe(account)
      yield* ask("DELETE", `/api/v1/sessions/wallets/${wallet.address}`, { headers: bearer })
      expect((yield* signIn(yield* proof)).answer.status).toBe(403)
    })
  )
})

describe("a session", () => {
  live("begins with a link, once, and its cookie is for the browser alone", () =>
    Effect.gen(function* () {
      const plane = yield* Network.plane()
      const { ask, signIn } = browser(plane)
      const { account, code } = yield* linked(plane)
      const { answer, cookie } = yield* signIn({ code })
      expect(answer.headers.get("set-cookie")).toMatch(
        /^infernet=infc_[0-9a-z]{40}; Max-Age=2592000; Path=\/; HttpOnly; SameSite=Strict$/
      )
      expect(answer.headers.get("access-control-allow-origin")).toBeNull()
      expect((yield* signIn({ code })).answer.status).toBe(401)
      const me = yield* ask("GET", "/api/v1/session", { headers: { cookie } })
      expect(jsonOf(me)).toMatchObject({ account: { id: account, name: "Ada" }, session: { signed_in_by: "link" } })
      expect((yield* ask("GET", "/api/v1/session")).status).toBe(401)
      expect((yield* ask("GET", "/api/v1/account", { headers: { cookie } })).status).toBe(401)
    })
  )

  live("acts by tokens, is listed, and takes them along when it ends", () =>
    Effect.gen(function* () {
      const plane = yield* Network.plane()
      const { ask, signIn } = browser(plane)
      const { account, code } = yield* linked(plane)
      const { signed } = yield* signIn({ code })
      const { token } = jsonOf(yield* ask("POST", "/api/v1/session/token", { headers: signed }))
      const get = (path: string) => call(plane, path, { key: token })
      expect(jsonOf(yield* get("/api/v1/account"))).toMatchObject({ id: account, role: "operator", key: null })
      const { sessions } = jsonOf(yield* get("/api/v1/sessions"))
      expect(sessions).toMatchObject([{ signed_in_by: "link", browser: "Mosaic/1.0" }])
      const stranger = yield* Network.account(plane)
      const path = `/api/v1/sessions/${sessions[0].id}`
      expect((yield* call(plane, path, { method: "DELETE", key: stranger.key })).status).toBe(404)
      expect((yield* call(plane, path, { method: "DELETE", key: token })).status).toBe(204)
      expect([(yield* get("/api/v1/account")).status, jsonOf(yield* get("/api/v1/account")).error_message]).toEqual([
        401,
        expect.stringContaining("session token")
      ])
      expect((yield* ask("GET", "/api/v1/session", { headers: signed })).status).toBe(401)
    })
  )

  live("ends with a sign-out, and with the browser's next sign-in", () =>
    Effect.gen(function* () {
      const plane = yield* Network.plane()
      const { ask, signIn } = browser(plane)
      const first = yield* signIn({ code: (yield* linked(plane)).code })
      const second = yield* signIn({ code: (yield* linked(plane)).code }, { cookie: first.cookie })
      expect((yield* ask("GET", "/api/v1/session", { headers: { cookie: first.cookie } })).status).toBe(401)
      const out = yield* ask("DELETE", "/api/v1/session", { headers: second.signed })
      expect([out.status, out.headers.get("set-cookie")]).toEqual([
        204,
        expect.stringContaining("infernet=; Max-Age=0")
      ])
      expect((yield* ask("GET", "/api/v1/session", { headers: { cookie: second.cookie } })).status).toBe(401)
    })
  )

  live("is of no use to pages elsewhere", () =>
    Effect.gen(function* () {
      const plane = yield* Network.plane()
      const { ask, challenge, signIn } = browser(plane)
      const { cookie, csrf, signed } = yield* signIn({ code: (yield* linked(plane)).code })
      const token = (headers: Record<string, string>) => ask("POST", "/api/v1/session/token", { headers })
      expect((yield* token(signed)).status).toBe(200)
      const forged: ReadonlyArray<Record<string, string>> = [
        { cookie },
        { cookie, "x-csrf-token": csrf.replace(/^./, "z") },
        { ...signed, origin: "https://evil.example" },
        { ...signed, origin: `https://127.0.0.1:${plane.port}.evil.example` },
        { ...signed, origin: "null" },
        { ...signed, "sec-fetch-site": "cross-site" },
        { ...signed, "sec-fetch-site": "same-site" }
      ]
      for (const headers of forged) expect((yield* token(headers)).status).toBe(403)
      const preflight = yield* ask("OPTIONS", "/api/v1/session/token")
      expect(preflight.headers.get("access-control-allow-origin")).toBeNull()
      // What a wallet signed for another page does not sign in here.
      const message = (yield* challenge()).replaceAll(`127.0.0.1:${plane.port}`, "evil.example")
      const signature = yield* Effect.promise(() => wallet.signMessage({ message }))
      expect((yield* signIn({ message, signature })).answer.status).toBe(401)
    })
  )

  live("cannot be had with a key that is for less than its account", () =>
    Effect.gen(function* () {
      const plane = yield* Network.plane()
      const { key } = yield* Network.account(plane)
      const restricted = jsonOf(yield* call(plane, "/api/v1/keys", { key, json: { name: "app", models: ["tiny"] } }))
      const late = { name: "app", expires_at: "2999-01-01T00:00:00Z" }
      const expiring = jsonOf(yield* call(plane, "/api/v1/keys", { key, json: late }))
      const link = (by: string) => call(plane, "/api/v1/sessions/links", { method: "POST", key: by })
      expect((yield* link(restricted.key)).status).toBe(403)
      expect((yield* link(expiring.key)).status).toBe(403)
      const slow = jsonOf(
        yield* call(plane, "/api/v1/keys", { key, json: { name: "app", limits: { concurrency: 1 } } })
      )
      expect((yield* link(slow.key)).status).toBe(403)
      const { code, url } = jsonOf(yield* link(key))
      expect(url).toBe(`http://127.0.0.1/sign-in#${code}`)
      expect((yield* browser(plane).signIn({ code })).answer.status).toBe(201)
    })
  )
})

live("sign-ins are limited by address, and told what is wrong by name", () =>
  Effect.gen(function* () {
    const plane = yield* Network.plane()
    const { ask, signIn } = browser(plane)
    const odd = yield* ask("POST", "/api/v1/session/challenge", { json: { address: "ada.eth" } })
    expect([odd.status, jsonOf(odd).field]).toEqual([400, "address"])
    const statuses = yield* Effect.forEach(Array.from({ length: 40 }), () => signIn({ code: "guess" }))
    expect(new Set(statuses.map(({ answer }) => answer.status))).toEqual(new Set([401, 429]))
  })
)

live("the page of a link asks nobody else, and keeps the code to itself", () =>
  Effect.gen(function* () {
    const plane = yield* Network.plane()
    const page = yield* call(plane, "/sign-in")
    expect([page.status, page.headers.get("content-type")]).toEqual([200, "text/html; charset=utf-8"])
    const policy = page.headers.get("content-security-policy") ?? ""
    expect(policy).toStartWith("default-src 'none'; script-src 'sha256-")
    const script = /<script type="module">([^]*?)<\/script>/.exec(page.text)?.[1] ?? ""
    expect(policy).toContain(Bun.SHA256.hash(script, "base64"))
    expect(page.text).not.toMatch(/https?:/)
  })
)
