/** A plane, a node whose backends the test plays, and OpenAI's own client as it comes. */
import type { Script } from "@infernet/testing/fakes/ScriptedBackends"
import { it } from "@infernet/testing/harness"
import * as Network from "@infernet/testing/Network"
import { Effect } from "effect"
import OpenAI, { type ClientOptions } from "openai"

export const world = Effect.fnUntraced(function* (script: Script, ...plane: Parameters<typeof Network.plane>) {
  const network = yield* Network.plane(...plane)
  const { key } = yield* Network.account(network)
  yield* Network.node(network, script)
  const options = (more: ClientOptions = {}) => ({
    apiKey: key,
    baseURL: `${network.url}/v1`,
    maxRetries: 0,
    ...more
  })
  return { client: new OpenAI(options()), key, options, plane: network }
})

export const model = "tiny"
export const hi = [{ role: "user" as const, content: "hi" }]

export const live = (name: string, body: Parameters<typeof it.live>[1]) => it.live(name, body, { timeout: 20_000 })

/** What a promise of the client comes to; the test dies where it fails. */
export const ask = <A>(promise: () => PromiseLike<A>): Effect.Effect<A> =>
  Effect.promise(() => Promise.resolve(promise()))

/** What it throws. */
export const thrown = (promise: () => PromiseLike<unknown>): Effect.Effect<unknown> =>
  Effect.promise(async () => {
    try {
      await promise()
    } catch (error) {
      return error
    }
    throw new Error("it did not throw")
  })

/** All that a stream gives. */
export const collect = <A>(stream: () => PromiseLike<AsyncIterable<A>>): Effect.Effect<ReadonlyArray<A>> =>
  Effect.promise(async () => {
    const all: Array<A> = []
    for await (const one of await stream()) all.push(one)
    return all
  })
