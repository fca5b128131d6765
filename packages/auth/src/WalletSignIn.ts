/**
 * Signing in with an Ethereum wallet: the message it signs, and who signed it.
 *
 * Source: EIP-4361 (https://eips.ethereum.org/EIPS/eip-4361), by viem. Accounts that are contracts (EIP-1271) cannot
 * sign in, as their signatures can only be checked on their chain.
 */
import { DateTime, Effect, Result } from "effect"
import { createSiweMessage, parseSiweMessage, validateSiweMessage } from "viem/siwe"
import { getAddress, recoverMessageAddress } from "viem/utils"

export interface MessageOptions {
  /** `0x` and 40 hexadecimal digits. */
  readonly address: string
  /** Host and port of the page that asks. */
  readonly domain: string
  /** Origin of that page. */
  readonly uri: string
  readonly chainId: number
  /** At least 8 letters and digits that were never used before. */
  readonly nonce: string
  readonly issuedAt: DateTime.Utc
  readonly expiresAt: DateTime.Utc
}

/** What the wallet shows its owner and signs. */
export const message = (options: MessageOptions): string =>
  createSiweMessage({
    address: getAddress(options.address),
    domain: options.domain,
    uri: options.uri,
    chainId: options.chainId,
    nonce: options.nonce,
    issuedAt: DateTime.toDate(options.issuedAt),
    expirationTime: DateTime.toDate(options.expiresAt),
    statement: "Sign in to Infernet. This costs nothing and moves nothing.",
    version: "1"
  })

export interface Signed {
  readonly message: string
  /** 65 bytes in hexadecimal. */
  readonly signature: string
  /** The page's, as this server knows it: a message signed for another page is refused. */
  readonly domain: string
  readonly uri: string
  readonly now: DateTime.Utc
}

/** Who signed, in lower case, and the message's nonce, which is not yet known to be ours; else why not, in words. */
export const verify = ({ domain, message, now, signature, uri }: Signed) =>
  Effect.gen(function* () {
    const fields = parseSiweMessage(message)
    const { address, nonce } = fields
    if (address === undefined || nonce === undefined) return Result.fail("it is not an EIP-4361 message")
    if (fields.domain !== domain || fields.uri !== uri) {
      return Result.fail(`it was signed for ${fields.domain ?? "no page"}, and this is ${domain}`)
    }
    if (!validateSiweMessage({ message: fields, time: DateTime.toDate(now) })) {
      return Result.fail("its time is over or has not come: ask for a new one")
    }
    const signer = yield* Effect.promise(() => recover(message, signature))
    return signer?.toLowerCase() === address.toLowerCase()
      ? Result.succeed({ address: address.toLowerCase(), nonce })
      : Result.fail(`it was not signed by ${address}`)
  })

/** Undefined where the signature is none. */
const recover = async (message: string, signature: string): Promise<string | undefined> => {
  try {
    return await recoverMessageAddress({ message, signature: signature as `0x${string}` })
  } catch {
    return undefined
  }
}
