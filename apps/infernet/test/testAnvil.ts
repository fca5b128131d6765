/** The program of local chains for tests: fetched once for this machine, and named to whoever starts one. */
import { Anvil } from "@infernet/payment/chain/Anvil"
import * as NodeServices from "@effect/platform-node/NodeServices"
import { Effect, Layer } from "effect"
import { tmpdir } from "node:os"
import { join } from "node:path"

const fetched = Anvil.layerFetched(join(tmpdir(), "infernet-test-anvil"), "@foundry-rs/anvil-linux-amd64")

export const testAnvil = Anvil.pipe(
  Effect.flatMap(({ program }) => program),
  Effect.map((INFERNET_ANVIL) => ({ INFERNET_ANVIL })),
  Effect.provide(fetched.pipe(Layer.provide(NodeServices.layer)))
)
