/** The program of local chains for tests: fetched once for this machine, as for any home. */
import { tmpdir } from "node:os"
import { join } from "node:path"
import * as NodeServices from "@effect/platform-node/NodeServices"
import { Layer } from "effect"
import { Anvil } from "../../src/chain/Anvil.ts"

const named = process.env["INFERNET_ANVIL"]

export const anvil =
  named === undefined
    ? Anvil.layerFetched(join(tmpdir(), "infernet-test-anvil"), "@foundry-rs/anvil-linux-amd64").pipe(
        Layer.provide(NodeServices.layer)
      )
    : Anvil.layerAt(named)
