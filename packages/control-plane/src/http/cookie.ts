/** The session's cookie on the wire, and the proof that a request comes from a page of ours. Pure. */
import * as SessionSecret from "@infernet/auth/SessionSecret"
import { lifetimes } from "@infernet/contract/Session"
import { Redacted } from "effect"
import type { Page } from "../session/SigningIn.ts"

type Headers = Readonly<Record<string, string | undefined>>

/** With `__Host-` browsers take it only over TLS, for this host alone and all its paths. */
const nameOf = (isSecure: boolean) => (isSecure ? "__Host-infernet" : "infernet")

const attributes = (isSecure: boolean) => `Path=/; HttpOnly; SameSite=Strict${isSecure ? "; Secure" : ""}`

export const setCookie = (cookie: Redacted.Redacted, isSecure: boolean): string =>
  `${nameOf(isSecure)}=${Redacted.value(cookie)}; Max-Age=${lifetimes.days * 86_400}; ${attributes(isSecure)}`

export const clearCookie = (isSecure: boolean): string => `${nameOf(isSecure)}=; Max-Age=0; ${attributes(isSecure)}`

/** The session's cookie among those that came. */
export const readCookie = (headers: Headers, isSecure: boolean): Redacted.Redacted | undefined => {
  const prefix = `${nameOf(isSecure)}=`
  const found = (headers["cookie"] ?? "").split(/; */).find((pair) => pair.startsWith(prefix))
  return found === undefined ? undefined : SessionSecret.cookie.parse(found.slice(prefix.length))
}

export interface Origin extends Page {
  /** Over TLS, as its browser sees it. */
  readonly isSecure: boolean
}

/**
 * The page that sent the request, if it is one of the host that it was sent to. `publicUrl` is this control plane's own:
 * behind a proxy that speaks TLS the page is on https though the request is not.
 */
export const pageOf = (headers: Headers, publicUrl: string): Origin | undefined => {
  const site = headers["sec-fetch-site"]
  if (site !== undefined && site !== "same-origin" && site !== "none") return undefined
  const host = (headers["host"] ?? "").toLowerCase()
  const own = URL.parse(publicUrl)
  const isOwn = own?.host === host
  const given = headers["origin"]
  const origin = given === undefined ? (isOwn ? own.origin : `http://${host}`) : given.toLowerCase()
  const page = URL.parse(origin)
  if (page === null || page.origin !== origin || page.host !== host) return undefined
  if (isOwn && page.protocol !== own.protocol) return undefined
  return { domain: host, origin, isSecure: page.protocol === "https:" }
}
