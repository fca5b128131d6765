/** A network with one scripted node, and a client of it that never waits between tries. */
import type { Script } from "@infernet/testing/fakes/ScriptedBackends"
import * as Network from "@infernet/testing/Network"
import { Effect } from "effect"
import { Infernet } from "../src/index.ts"
import { TestTime } from "./Script.ts"

/** `key` is a client's, of an account of its own. */
export const network = Effect.fnUntraced(function* (script: Script) {
  const plane = yield* Network.plane()
  const { key } = yield* Network.account(plane)
  yield* Network.node(plane, script)
  const time = new TestTime()
  return { plane, key, time, client: new Infernet({ apiKey: key, baseUrl: plane.url, time }) }
})
