/** The key of every control plane of tests, and so its id: nodes check that receipts are countersigned with it. */
import { Identity } from "@infernet/auth/Identity"
import { ControlPlaneId } from "@infernet/contract/Id"
import { PlaneKey } from "@infernet/control-plane/bill/PlaneKey"
import { Layer, Redacted } from "effect"

const identity = Identity.fromSecretKey(Redacted.make(new Uint8Array(32).fill(0xc0)))

export const planeId = ControlPlaneId.make(identity.id)
export const planeKey = PlaneKey.fromIdentity(identity)
export const layer = Layer.succeed(PlaneKey, planeKey)
