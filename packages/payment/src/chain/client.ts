/** A chain of test money as those speak with it that put something there. */
import { Effect } from "effect"
import {
  type Account,
  createPublicClient,
  createWalletClient,
  type Hex,
  type PublicClient,
  type Transport,
  type WalletClient
} from "viem"
import { localhost } from "viem/chains"
import { LocalChainError } from "./LocalChainError.ts"

const chain = { ...localhost, id: 31_337 }

export interface Chain {
  readonly read: <A>(ask: (client: PublicClient) => Promise<A>) => Effect.Effect<A, LocalChainError>
  /** Sends a transaction and waits until it is mined; gives its hash. */
  readonly send: (
    from: Account,
    write: (wallet: WalletClient<Transport, typeof chain, Account>) => Promise<Hex>
  ) => Effect.Effect<Hex, LocalChainError>
}

const failed = (cause: unknown) =>
  new LocalChainError({
    message: `the local chain did not do what it was asked: ${cause instanceof Error ? cause.message.split("\n")[0] : String(cause)}`
  })

export const clientOf = (transport: Transport): Chain => {
  const options = { chain, transport, cacheTime: 0, pollingInterval: 20 }
  const client = createPublicClient(options)
  const read: Chain["read"] = (ask) => Effect.tryPromise({ try: () => ask(client), catch: failed })
  return {
    read,
    send: (account, write) =>
      Effect.flatMap(
        Effect.tryPromise({ try: () => write(createWalletClient({ ...options, account })), catch: failed }),
        (hash) =>
          Effect.flatMap(
            read((client) => client.waitForTransactionReceipt({ hash })),
            ({ status }) => (status === "success" ? Effect.succeed(hash) : Effect.fail(failed(`${hash} reverted`)))
          )
      )
  }
}
