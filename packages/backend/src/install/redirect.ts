/** Where a download may be sent on to: a node fetches nothing inside its own network at a stranger's word. */

const dotted = /^(\d{1,3})\.(\d{1,3})\.(\d{1,3})\.(\d{1,3})$/

const privateV4 = (a: number, b: number): boolean =>
  a === 0 ||
  a === 10 ||
  a === 127 ||
  (a === 100 && b >= 64 && b < 128) ||
  (a === 169 && b === 254) ||
  (a === 172 && b >= 16 && b < 32) ||
  (a === 192 && (b === 168 || b === 0)) ||
  (a === 198 && (b === 18 || b === 19)) ||
  a >= 224

/** As `URL` spells host names: IPv4 always dotted, IPv6 always in brackets. */
export const isPrivate = (hostname: string): boolean => {
  if (hostname.startsWith("[")) {
    // Only 2000::/3 is the internet; 2002:: would carry an IPv4 address past the list above.
    return !/^\[[23][0-9a-f]{3}:/.test(hostname) || hostname.startsWith("[2002:")
  }
  const [, a, b] = dotted.exec(hostname) ?? []
  if (a !== undefined && b !== undefined) return privateV4(Number(a), Number(b))
  const name = hostname.replace(/\.$/, "")
  return !name.includes(".") || /\.(localhost|local|internal|lan|home|arpa)$/.test(name)
}

export const isLoopback = (hostname: string): boolean =>
  hostname === "localhost" || hostname === "[::1]" || /^127\.\d+\.\d+\.\d+$/.test(hostname)

/** Why a download that began at `start` and was sent from `from` to `to` does not go there; `undefined` when it may. */
export const objection = (start: URL, from: URL, to: URL): string | undefined => {
  const home = to.hostname === start.hostname || (isLoopback(start.hostname) && isLoopback(to.hostname))
  if (to.protocol !== "https:" && !(to.protocol === "http:" && from.protocol === "http:" && home)) {
    return "to an address that is not https"
  }
  if (to.username !== "" || to.password !== "") return "to an address with a password in it"
  if (isPrivate(to.hostname) && !home) return "into a private network"
  return undefined
}
