/** What a node does about its key for the person at its machine, on the socket in its home. */
import { NodeId } from "@infernet/contract/Id"
import { PublicKey, Rotated } from "@infernet/contract/Node"
import { Schema } from "effect"
import { HttpApi, HttpApiEndpoint, HttpApiGroup } from "effect/http-api"

export const KeyView = Schema.Struct({ node: NodeId, public_key: PublicKey, control_plane: Schema.String })

export const AskRotation = Schema.Struct({
  api_key: Schema.RedactedFromValue(Schema.String),
  stolen: Schema.Boolean,
  replaces: Schema.optionalKey(PublicKey)
})

/** Why the key was not changed, in a sentence that says what to do. */
export class NotRotated extends Schema.TaggedError<NotRotated>()(
  "NotRotated",
  { error_message: Schema.String },
  { httpApiStatus: 409 }
) {}

export class KeysGroup extends HttpApiGroup.make("keys").add(
  HttpApiEndpoint.get("view", "/keys", { success: KeyView }),
  /** Answered when the control plane has the new key and the node signs with it. */
  HttpApiEndpoint.post("rotate", "/keys/rotate", { payload: AskRotation, success: Rotated, error: NotRotated })
) {}

export class KeysApi extends HttpApi.make("infernet-keys").add(KeysGroup) {}
