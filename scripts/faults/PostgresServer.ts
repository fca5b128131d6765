/** A PostgreSQL server of this machine's own packages that can be killed and started again, with data of its own. */
import { chownSync, existsSync, mkdirSync, readdirSync } from "node:fs"
import { join } from "node:path"
import { Child, outputOf } from "./Children.ts"
import { freePort, freshHome, until } from "./machine.ts"
import { Restartable } from "./World.ts"

const packages = "/usr/lib/postgresql"

/** The directory of the newest server's programs. */
export const programs = (): string | undefined => {
  if (!existsSync(packages)) return undefined
  const newest = readdirSync(packages).toSorted((a, b) => Number(b) - Number(a))[0]
  return newest === undefined ? undefined : join(packages, newest, "bin")
}

/** PostgreSQL does not run as root. */
const isRoot = process.getuid?.() === 0
const asServer = (command: ReadonlyArray<string>) =>
  isRoot ? ["setpriv", "--reuid=postgres", "--regid=postgres", "--clear-groups", ...command] : command

const ownerOf = async (name: string, flag: string) => Number(await outputOf("id", ["id", flag, name]))

export const create = async (bin: string) => {
  const home = freshHome()
  const [data, run] = [join(home, "data"), join(home, "run")]
  for (const directory of [data, run]) mkdirSync(directory, { mode: 0o700 })
  if (isRoot) {
    const [uid, gid] = [await ownerOf("postgres", "-u"), await ownerOf("postgres", "-g")]
    for (const directory of [data, run]) chownSync(directory, uid, gid)
  }
  const init = ["-D", data, "-U", "infernet", "-A", "trust", "--no-sync", "-E", "UTF8", "--locale=C"]
  await outputOf("initdb", asServer([join(bin, "initdb"), ...init]))
  const port = freePort()
  const settings = ["-p", String(port), "-k", run, "-c", "listen_addresses=127.0.0.1"]
  const startOnce = async (): Promise<Child | undefined> => {
    const child = new Child("postgres", asServer([join(bin, "postgres"), "-D", data, ...settings]), {})
    return child.until(/ready to accept connections()/).then(
      () => child,
      () => undefined
    )
  }
  const server = new Restartable(async () => {
    let child: Child | undefined
    // Right after a kill the old server's children still hold the data directory for a moment.
    await until("the database server starts", async () => (child = await startOnce()) !== undefined)
    if (child === undefined) throw new Error("the database server did not start")
    return child
  })
  await server.start()
  return { server, url: `postgres://infernet@127.0.0.1:${port}/postgres` }
}
