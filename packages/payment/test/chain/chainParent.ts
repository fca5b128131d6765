/** A process with a local chain, for a test that kills it. */
import * as NodeServices from "@effect/platform-node/NodeServices"
import { Console, Effect, Layer, Option } from "effect"
import { LocalChain } from "../../src/chain/LocalChain.ts"
import { anvil } from "./anvil.ts"

const chain = LocalChain.layer({ root: process.argv[2] ?? "", port: Option.none() }).pipe(
  Layer.provide([anvil, NodeServices.layer])
)

await LocalChain.pipe(
  Effect.flatMap(({ url }) => Effect.andThen(Console.log(url), Effect.never)),
  Effect.provide(chain),
  Effect.runPromise
)
