/** Looks into a control plane's own database, as its owner may. */
import { SQL } from "bun"
import { readFileSync, realpathSync } from "node:fs"
import { join } from "node:path"

/** The embedded server says in its data directory who it is and where its socket is. */
export const serverOf = (home: string) => {
  const database = realpathSync(join(home, "database"))
  for (const note of new Bun.Glob("**/postmaster.pid").scanSync({ cwd: database, absolute: true, dot: true })) {
    const [pid, , , port, directory] = readFileSync(note, "utf8").split("\n")
    if (directory !== undefined) return { pid: Number(pid), socket: join(directory, `.s.PGSQL.${port}`) }
  }
  throw new Error(`no database server runs under ${database}`)
}

export const openDatabase = async (home: string) => {
  const sql = new SQL({ path: serverOf(home).socket, username: "infernet", database: "postgres", max: 1 })
  await sql.connect()
  return {
    rows: async <Row>(query: string): Promise<ReadonlyArray<Row>> => (await sql.unsafe(query)) as ReadonlyArray<Row>,
    [Symbol.asyncDispose]: () => sql.close()
  }
}
