/** The network that examples and fuzzed requests are sent to: a node that answers at once, and people of every role. */
import { sample } from "@infernet/contract/api/examples/sample"
import { Nodes } from "@infernet/control-plane/node/Nodes"
import type { Script } from "@infernet/testing/fakes/ScriptedBackends"
import * as Network from "@infernet/testing/Network"
import { Context, Effect, SubscriptionRef } from "effect"

const usage = { prompt_tokens: 24, completion_tokens: 7, total_tokens: 31 }

const say = (emit: Parameters<Script["chat"]>[1], words: ReadonlyArray<string>) =>
  Effect.sync(() => {
    for (const word of words) void emit("text", word)
    return { finish_reason: "stop", usage } as const
  })

const words = ["The capital of France", " is Paris."]

export const network = Effect.gen(function* () {
  // Each request of a test may come from an address of its own.
  const plane = yield* Network.plane({ trustedProxies: ["127.0.0.1"] })
  const [client, operator, admin] = [
    yield* Network.account(plane, "client"),
    yield* Network.account(plane, "operator"),
    yield* Network.account(plane, "admin")
  ]
  const node = yield* Network.node(plane, {
    models: yield* SubscriptionRef.make<ReadonlyArray<string>>([sample.model]),
    chat: (_request, emit) => say(emit, words),
    complete: (_request, emit) => say(emit, [" Paris", ", on the Seine."]),
    embed: ({ input }) =>
      Effect.succeed({ embeddings: input.map((_, i) => [0.125 * (i + 1), -0.5, 0.25]), prompt_tokens: input.length })
  })
  return { plane, client, operator, admin, node: node.id, nodes: Context.get(plane.services, Nodes) }
})

export type TestNetwork = Effect.Success<typeof network>
