/**
 * A person signed in at this browser: the cookie stays with it, and what acts for the person is a token of minutes.
 *
 * For pages of the control plane alone: it hears of the cookie from no other.
 */
import { ConnectionError, type InfernetError } from "../errors.ts"
import { parsed } from "../Http.ts"
import { refusalOf } from "../refusal.ts"
import type { Account, BrowserSession, SignedInSession } from "./wire.ts"

export interface SessionOptions {
  /** Of the control plane; the page's own without it. */
  readonly baseUrl?: string
  readonly fetch?: (url: string, init: RequestInit) => Promise<Response>
  /** Milliseconds since 1970. */
  readonly now?: () => number
}

/** How long before its end a token is no longer used, in milliseconds: a request may take a while to arrive. */
const margin = 60_000

export class Session {
  readonly account: Account
  readonly session: BrowserSession
  readonly #csrf: string
  readonly #ask: Ask
  readonly #now: () => number
  #token: { readonly value: Promise<string>; expiresAt: number } | undefined

  private constructor({ account, csrf_token, session }: SignedInSession, ask: Ask, now: () => number) {
    this.account = account
    this.session = session
    this.#csrf = csrf_token
    this.#ask = ask
    this.#now = now
  }

  /** Who is signed in here; throws an `UnauthorizedError` where nobody is. */
  static async resume(options: SessionOptions = {}): Promise<Session> {
    return Session.#open(options, "GET")
  }

  /** With the code of a one-time link, or with a challenge's message as a wallet signed it. */
  static async signIn(
    proof: { readonly code: string } | { readonly message: string; readonly signature: string },
    options: SessionOptions = {}
  ): Promise<Session> {
    return Session.#open(options, "POST", proof)
  }

  /** What the wallet has to sign (`personal_sign`), as it is. */
  static async challenge(
    wallet: { readonly address: string; readonly chain_id?: number },
    options: SessionOptions = {}
  ): Promise<string> {
    const { message } = await asking(options)<{ readonly message: string }>("POST", "/challenge", wallet)
    return message
  }

  static async #open(options: SessionOptions, method: "GET" | "POST", body?: unknown): Promise<Session> {
    const ask = asking(options)
    return new Session(await ask<SignedInSession>(method, "", body), ask, options.now ?? Date.now)
  }

  /** Acts for the person as a key does; asked for anew shortly before it ends. Give it to `Infernet` as its `apiKey`. */
  readonly token = (): Promise<string> => {
    if (this.#token !== undefined && this.#token.expiresAt - margin > this.#now()) return this.#token.value
    const asked = this.#ask<{ readonly token: string; readonly expires_at: string }>("POST", "/token", {}, this.#csrf)
    const token = { value: asked.then(({ token }) => token), expiresAt: Infinity }
    this.#token = token
    asked.then(
      ({ expires_at }) => (token.expiresAt = Date.parse(expires_at)),
      // The next one to ask tries again.
      () => (this.#token = undefined)
    )
    return token.value
  }

  /** This browser is nobody's any more, and its token ends at once. */
  async signOut(): Promise<void> {
    await this.#ask("DELETE", "", undefined, this.#csrf)
  }
}

type Ask = <A>(method: "GET" | "POST" | "DELETE", path: string, body?: unknown, csrf?: string) => Promise<A>

const asking =
  ({ baseUrl = "", fetch = (url, init) => globalThis.fetch(url, init) }: SessionOptions): Ask =>
  async <A>(method: string, path: string, body?: unknown, csrf?: string): Promise<A> => {
    const answered = fetch(`${baseUrl}/api/v1/session${path}`, {
      method,
      credentials: "same-origin",
      redirect: "manual",
      headers: {
        ...(body !== undefined && { "content-type": "application/json" }),
        ...(csrf !== undefined && { "x-csrf-token": csrf })
      },
      ...(body !== undefined && { body: JSON.stringify(body) })
    })
    const response = await answered.catch((cause: unknown): never => {
      const reason: InfernetError = new ConnectionError("the control plane does not answer: is it running?", cause)
      throw reason
    })
    const text = await response.text()
    if (!response.ok) throw refusalOf(response.status, (name) => response.headers.get(name), text)
    return text === "" ? parsed("null", "nothing") : parsed<A>(text, `the answer to ${method} /api/v1/session${path}`)
  }
