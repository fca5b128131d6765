/** A node that its operator upgrades ends what it has begun, and does as the new version what was asked for meanwhile. */
import { writeFileSync } from "node:fs"
import { join } from "node:path"
import { Registry } from "../../packaging/registry.ts"
import { outputOf } from "../Children.ts"
import { freshHome } from "../machine.ts"
import { Promises, type Scenario } from "../report.ts"
import { underLoad, words } from "../underLoad.ts"
import { withWorld } from "../World.ts"

const [before, after] = ["0.1.1", "0.1.2"] as const

/** The program as its users install it. */
const install = async (registry: Registry) => {
  const place = freshHome()
  const env = { HOME: place, BUN_INSTALL_CACHE_DIR: join(place, "cache"), NPM_CONFIG_REGISTRY: registry.url }
  writeFileSync(join(place, "package.json"), "{}")
  await outputOf("bun add", [process.execPath, "add", "--cwd", place, `infernet@${before}`], env)
  return { env, node: join(place, "node_modules", "infernet", "dist", "infernet.js") }
}

export const upgradeUnderLoad: Scenario = {
  name: "upgrade-under-load",
  fault: "node is upgraded by its operator",
  injected: "`infernet upgrade` at the only node with 20 jobs answering, 10 more submitted meanwhile",
  run: async () => {
    const registry = new Registry()
    try {
      await registry.publish(before)
      const { env, node } = await install(registry)
      await registry.publish(after)
      return await withWorld({ node }, async (world) => {
        const promises = new Promises()
        const of = { ...env, INFERNET_HOME: world.nodeHomes[0] ?? "" }
        const run = (...args: ReadonlyArray<string>) => outputOf(args.join(" "), [process.execPath, node, ...args], of)
        const seen = await underLoad(world, promises, async () => void (await run("upgrade")))
        const { version } = JSON.parse(await run("status", "--json")) as { readonly version: string }
        promises.expect(version === after, `the node runs ${version}`)
        return { times: seen.jobs, seen: words(seen), broken: promises.broken }
      })
    } finally {
      await registry.close()
    }
  }
}
