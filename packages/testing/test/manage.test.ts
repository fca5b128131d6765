import { Accounts } from "@infernet/control-plane/account/Accounts"
import { SignIns } from "@infernet/control-plane/session/SignIns"
import * as Network from "@infernet/testing/Network"
import { it } from "@infernet/testing/harness"
import { expect } from "bun:test"
import { Clock, Context, Effect, Redacted } from "effect"
import { Infernet } from "@infernet/sdk"
import { Management, Session, UnauthorizedError } from "@infernet/sdk/manage"

/** As a browser: sends its cookie along, and says which page it is on. */
const browser = (origin: string) => {
  let cookie = ""
  const asked: Array<string> = []
  const fetch = async (url: string, init: RequestInit) => {
    asked.push(`${init.method} ${new URL(url).pathname}`)
    const headers = { ...Object.fromEntries(new Headers(init.headers)), origin, cookie }
    const response = await globalThis.fetch(url, { ...init, headers })
    cookie = response.headers.get("set-cookie")?.split(";")[0] ?? cookie
    return response
  }
  return { fetch, asked }
}

const signedIn = Effect.gen(function* () {
  const plane = yield* Network.plane()
  const { create } = Context.get(plane.services, Accounts)
  const { link } = Context.get(plane.services, SignIns)
  const { id } = yield* create({ name: "ada", role: "operator" })
  const code = Redacted.value((yield* link(id)).secret)
  let now = yield* Clock.currentTimeMillis
  const { asked, fetch } = browser(plane.url)
  const options = { baseUrl: plane.url, fetch, now: () => now }
  const session = yield* Effect.promise(() => Session.signIn({ code }, options))
  return { plane, session, options, asked, pass: (millis: number) => void (now += millis) }
})

it.live("a page acts by tokens of its session, each used until a minute before it ends", () =>
  Effect.gen(function* () {
    const { asked, options, pass, plane, session } = yield* signedIn
    const manage = new Management({ apiKey: session.token, baseUrl: plane.url })
    const tokens = () => asked.filter((request) => request.endsWith("/token")).length
    const [account] = yield* Effect.promise(() => Promise.all([manage.account(), manage.keys.list()]))
    expect([session.account.name, account.name, tokens()]).toEqual(["ada", "ada", 1])
    pass(13.9 * 60_000)
    yield* Effect.promise(() => manage.account())
    expect(tokens()).toBe(1)
    pass(0.2 * 60_000)
    yield* Effect.promise(() => manage.account())
    expect(tokens()).toBe(2)

    const again = yield* Effect.promise(() => Session.resume(options))
    expect(again.account.id).toBe(session.account.id)
    yield* Effect.promise(() => again.signOut())
    const gone = yield* Effect.flip(Effect.tryPromise(() => Session.resume(options)))
    expect(gone.cause).toBeInstanceOf(UnauthorizedError)
    const refused = yield* Effect.flip(Effect.tryPromise(() => manage.account()))
    expect(refused.cause).toBeInstanceOf(UnauthorizedError)
  })
)

it.live("a key is made, used and revoked", () =>
  Effect.gen(function* () {
    const { plane, session } = yield* signedIn
    const manage = new Management({ apiKey: session.token, baseUrl: plane.url })
    const { id, key } = yield* Effect.promise(() => manage.keys.create({ name: "laptop" }))
    const client = new Infernet({ apiKey: key, baseUrl: plane.url, maxRetries: 0 })
    expect(yield* Effect.promise(() => client.models.list())).toEqual([])
    const { revoked_at } = yield* Effect.promise(() => manage.keys.revoke(id))
    expect(revoked_at).not.toBeNull()
    const refused = yield* Effect.flip(Effect.tryPromise(() => client.models.list()))
    expect(refused.cause).toBeInstanceOf(UnauthorizedError)
  })
)

const signedOut = () => Promise.reject(new UnauthorizedError("unauthorized", "you are signed out"))

it.live("what gives the key may fail, and its reason is the call's", () =>
  Effect.gen(function* () {
    const manage = new Management({ apiKey: signedOut, baseUrl: "http://127.0.0.1:1", maxRetries: 0 })
    const refused = yield* Effect.flip(Effect.tryPromise(() => manage.info()))
    expect(String(refused.cause)).toContain("you are signed out")
  })
)
