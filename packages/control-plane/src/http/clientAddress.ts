/** Which address a request comes from, also through proxies that are ours. */
import { BlockList, isIP } from "node:net"
import { Option } from "effect"
import type { HttpServerRequest } from "effect/http"

/** `::ffff:10.0.0.1` is `10.0.0.1`, as a socket for both kinds names it. */
const plain = (address: string): string => /^::ffff:(\d+\.\d+\.\d+\.\d+)$/i.exec(address)?.[1] ?? address

const familyOf = (address: string) => (isIP(address) === 6 ? "ipv6" : "ipv4")

/** Whether a text names an address or a network, `10.0.0.0/8` or `fd00::/8`. */
export const isNetwork = (text: string): boolean => {
  const [address = "", prefix, ...rest] = text.split("/")
  const bits = isIP(address) === 6 ? 128 : 32
  return isIP(address) !== 0 && rest.length === 0 && (prefix === undefined || (/^\d+$/.test(prefix) && +prefix <= bits))
}

const listOf = (trusted: ReadonlyArray<string>): BlockList => {
  const list = new BlockList()
  for (const network of trusted) {
    const [address = "", prefix] = network.split("/")
    if (prefix === undefined) list.addAddress(address, familyOf(address))
    else list.addSubnet(address, Number(prefix), familyOf(address))
  }
  return list
}

/**
 * The address of the socket; where that is a trusted proxy's, the last of `X-Forwarded-For` that is none: what stands
 * before it anybody may have written.
 */
export const make = (trusted: ReadonlyArray<string>) => {
  const proxies = listOf(trusted)
  const isProxy = (address: string) => isIP(address) !== 0 && proxies.check(address, familyOf(address))
  return (request: HttpServerRequest.HttpServerRequest): string => {
    let address = plain(Option.getOrElse(request.remoteAddress, () => ""))
    if (trusted.length === 0 || !isProxy(address)) return address
    const path = (request.headers["x-forwarded-for"] ?? "").split(",").toReversed()
    for (const hop of path) {
      const named = plain(hop.trim())
      if (isIP(named) === 0) return address
      address = named
      if (!isProxy(address)) return address
    }
    return address
  }
}
