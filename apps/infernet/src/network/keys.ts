/** Tells and changes the key of a node of this process, on the socket in its home. */
import type { Keyring } from "@infernet/daemon/node/Keyring"
import { Rotation } from "@infernet/daemon/node/Rotation"
import { Context, Effect, Layer } from "effect"
import { HttpApiBuilder } from "effect/http-api"
import { KeysApi } from "../client/KeysApi.ts"
import * as rotation from "../keys/rotation.ts"

export interface Options {
  readonly controlPlaneUrl: string
  readonly self: Keyring["Service"]
  readonly daemon: Context.Context<Rotation>
}

export const routes = ({ controlPlaneUrl, daemon, self }: Options) => {
  const handlers = HttpApiBuilder.group(KeysApi, "keys", (handlers) =>
    handlers
      .handle("view", () =>
        Effect.sync(() => ({
          node: self.id,
          public_key: self.current().publicKey,
          control_plane: controlPlaneUrl
        }))
      )
      .handle("rotate", ({ payload: { api_key: apiKey, replaces, stolen } }) =>
        rotation.by(Context.get(daemon, Rotation), { apiKey, stolen, replaces })
      )
  )
  return HttpApiBuilder.layer(KeysApi).pipe(Layer.provide(handlers))
}
