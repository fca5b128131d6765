/** A chain behind its endpoints: each question goes to the first of them that answers it. */
import { Data, Effect } from "effect"
import { BaseError, createPublicClient, type Hex, isHex, type PublicClient } from "viem"
import type { Endpoint } from "./Endpoint.ts"
import { RpcUnavailable } from "./SettlementError.ts"

/** The chain has answered, and what was asked for fails there. */
export class CallReverted extends Data.TaggedError("CallReverted")<{
  /** The contract's error, as it encoded it; none where it gave none. */
  readonly data: Hex | undefined
  readonly message: string
}> {}

/** An endpoint has not answered, or not usefully. */
class NoAnswer extends Data.TaggedError("NoAnswer")<{ readonly message: string }> {}

export interface Rpc {
  readonly names: ReadonlyArray<string>
  readonly clients: ReadonlyArray<{ readonly name: string; readonly client: PublicClient }>
  /** What the first endpoint says that says anything. */
  readonly ask: <A>(question: (client: PublicClient) => Promise<A>) => Effect.Effect<A, RpcUnavailable | CallReverted>
  /** The same of what cannot revert. */
  readonly read: <A>(question: (client: PublicClient) => Promise<A>) => Effect.Effect<A, RpcUnavailable>
}

/** What the contract said, wherever viem has put it. */
const revertOf = (error: unknown): CallReverted | undefined => {
  let at = error
  let message: string | undefined
  while (typeof at === "object" && at !== null) {
    const data = "data" in at ? at.data : undefined
    const nested = typeof data === "object" && data !== null && "data" in data ? data.data : data
    if (isHex(nested)) return new CallReverted({ data: nested === "0x" ? undefined : nested, message: "" })
    if ("code" in at && at.code === 3 && "message" in at) message = String(at.message)
    if ("message" in at && /execution reverted/i.test(String(at.message))) message ??= String(at.message)
    at = "cause" in at ? at.cause : undefined
  }
  return message === undefined ? undefined : new CallReverted({ data: undefined, message })
}

/** Bytes that are not what the function gives; viem tells these by name alone. */
const isNonsense = (error: unknown): boolean =>
  error instanceof Error && /^(?:ContractFunctionZeroData|Abi|PositionOutOfBounds|InvalidAddress)/.test(error.name)

/** Whether the chain has answered a call, though not as a contract of ours does. */
export const isAnswer = (error: unknown): boolean => {
  if (revertOf(error) !== undefined) return true
  return error instanceof BaseError && error.walk(isNonsense) !== null
}

/** An error in a line, without viem's advice and without the address, which may hold a key. */
export const lineOf = (error: unknown): string => {
  if (error instanceof BaseError) return (error.details || error.shortMessage).split("\n")[0] ?? error.name
  return error instanceof Error ? (error.message.split("\n")[0] ?? error.name) : String(error)
}

const asked = <A>(client: PublicClient, question: (client: PublicClient) => Promise<A>) =>
  Effect.tryPromise({
    try: () => question(client),
    catch: (error) => revertOf(error) ?? new NoAnswer({ message: lineOf(error) })
  })

export const make = (endpoints: ReadonlyArray<Endpoint>): Rpc => {
  const clients = endpoints.map(({ name, transport }) => ({
    name,
    // No cache: what is asked is asked because it may have changed.
    client: createPublicClient({ transport, cacheTime: 0 })
  }))
  const names = endpoints.map(({ name }) => name)

  const ask = <A>(question: (client: PublicClient) => Promise<A>) =>
    Effect.gen(function* () {
      const reasons: Array<string> = []
      for (const { client, name } of clients) {
        const answer = yield* Effect.result(asked(client, question))
        if (answer._tag === "Success") return answer.success
        if (answer.failure._tag === "CallReverted") return yield* answer.failure
        reasons.push(clients.length === 1 ? answer.failure.message : `${name}: ${answer.failure.message}`)
      }
      return yield* new RpcUnavailable({ endpoints: names, reason: reasons.join("; ") })
    })

  const read: Rpc["read"] = (question) =>
    Effect.catchTag(ask(question), "CallReverted", ({ message }) =>
      // A view of ours that reverts is not ours: the contract was changed under us, or an endpoint lies.
      Effect.fail(new RpcUnavailable({ endpoints: names, reason: `a reading was refused ${message}`.trim() }))
    )

  return { names, clients, ask, read }
}
