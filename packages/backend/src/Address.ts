/** Addresses of backends as operators write them: a URL, `host:port`, a host, `:port`. */

/**
 * The base URL, without a trailing slash and without `/v1`, or a reason in words.
 *
 * A server's own setting is taken as well: one that listens on `0.0.0.0` is reached at loopback.
 */
export const parseAddress = (text: string, defaultPort: number): URL | string => {
  const trimmed = text.trim()
  if (trimmed === "") return "expected an address"
  const withHost = trimmed.startsWith(":") ? `127.0.0.1${trimmed}` : trimmed
  const hasScheme = /^[a-z][a-z0-9+.-]*:\/\//i.test(withHost)
  const url = URL.parse(hasScheme ? withHost : `http://${withHost}`)
  if (url === null || url.hostname === "") return `expected a URL or host:port, not "${trimmed}"`
  if (url.protocol !== "http:" && url.protocol !== "https:") return `expected http or https, not "${url.protocol}"`
  if (url.username !== "" || url.password !== "")
    return "expected no user name or password; keys have variables of their own"
  if (url.port === "" && !hasScheme) url.port = String(defaultPort)
  if (url.hostname === "0.0.0.0" || url.hostname === "[::]") url.hostname = "127.0.0.1"
  url.pathname = url.pathname.replace(/\/+$/, "").replace(/\/v1$/, "")
  url.search = ""
  url.hash = ""
  return url
}

/** As `Site` wants it. */
export const baseUrl = (url: URL): string => url.href.replace(/\/+$/, "")
