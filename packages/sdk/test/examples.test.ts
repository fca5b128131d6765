import { expect } from "bun:test"
import { join } from "node:path"
import * as Chats from "@infernet/testing/fakes/Chats"
import { it } from "@infernet/testing/harness"
import { Effect } from "effect"
import { network } from "./Network.ts"

/** Runs an example as its reader would; what it says, line by line. */
const run = (name: string, key: string, controlPlane: string) =>
  Effect.promise(async () => {
    const child = Bun.spawn([process.execPath, join(import.meta.dir, "..", "examples", `${name}.ts`)], {
      env: { ...process.env, INFERNET_BEARER_TOKEN: key, INFERNET_CONTROL_PLANE: controlPlane },
      stdin: "ignore",
      stderr: "pipe"
    })
    const [out, err] = await Promise.all([new Response(child.stdout).text(), new Response(child.stderr).text()])
    if ((await child.exited) !== 0) throw new Error(`${name} failed: ${err}`)
    return out.trimEnd().split("\n")
  })

it.live(
  "each example does what it says",
  () =>
    Effect.gen(function* () {
      const { key, plane } = yield* network({ chat: Chats.saying("Once ", "upon") })
      expect(yield* run("chat", key, plane.url)).toEqual(["Once upon", "5 tokens"])
      expect(yield* run("stream", key, plane.url)).toEqual(["Once upon", "stop, 0 µUSDC"])
      expect(yield* run("jobs", key, plane.url)).toEqual([
        "tiny on 1 node(s)",
        "completed Once upon",
        ...Array.from({ length: 3 }, () => "listed: completed"),
        "model_not_found 404"
      ])
      expect(yield* run("effect", key, plane.url)).toEqual(["Once upon", "Once ", "upon"])
    }),
  { timeout: 30_000 }
)
