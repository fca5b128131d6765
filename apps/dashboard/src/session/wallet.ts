/** A wallet in the browser (EIP-1193), where there is one. */
import { Session } from "@infernet/sdk/manage"

interface Wallet {
  readonly request: (call: { readonly method: string; readonly params?: ReadonlyArray<unknown> }) => Promise<unknown>
}

declare global {
  interface Window {
    readonly ethereum?: Wallet
  }
}

export const hasWallet = (): boolean => window.ethereum !== undefined

/** What a wallet throws is no error of ours, and says best itself why: mostly that its owner declined. */
const asked = async (wallet: Wallet, method: string, params: ReadonlyArray<unknown> = []): Promise<unknown> => {
  try {
    return await wallet.request({ method, params })
  } catch (reason) {
    const message = typeof reason === "object" && reason !== null && "message" in reason ? String(reason.message) : ""
    throw new Error(message === "" ? "The wallet did not answer." : `The wallet says: ${message}`, { cause: reason })
  }
}

/** Signs in with the first address that the wallet gives. */
export const signInWithWallet = async (): Promise<Session> => {
  const wallet = window.ethereum
  if (wallet === undefined) throw new Error("There is no wallet in this browser.")
  const accounts = await asked(wallet, "eth_requestAccounts")
  const address: unknown = Array.isArray(accounts) ? accounts[0] : undefined
  if (typeof address !== "string") throw new Error("The wallet gave no address.")
  const message = await Session.challenge({ address })
  const signature = await asked(wallet, "personal_sign", [message, address])
  if (typeof signature !== "string") throw new Error("The wallet did not sign.")
  return Session.signIn({ message, signature })
}
