/** Which names this control plane goes by. Pure. */
import type { Settings } from "../Settings.ts"

/** `host:port` or `[host]:port` without the port. */
export const hostName = (host: string): string => host.replace(/:\d+$/, "").toLowerCase()

/**
 * Whether a page's host is known to be ours. That a request was sent to it says nothing, where any name is answered:
 * whoever lures a wallet's owner to a page elsewhere sends us that page's name along with what the wallet signed there.
 */
export const isOwnName = (
  { allowedHosts, url }: Pick<Settings["Service"], "allowedHosts" | "url">,
  domain: string
): boolean => URL.parse(url)?.host === domain || allowedHosts.has(hostName(domain))
