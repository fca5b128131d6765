/** What a run takes of this machine: directories, ports and time, all within bounds. */
import { chmodSync, mkdtempSync } from "node:fs"
import { rm } from "node:fs/promises"
import { tmpdir } from "node:os"
import { join } from "node:path"

const homes = new Set<string>()

export const freshHome = (): string => {
  const home = mkdtempSync(join(tmpdir(), "infernet-faults-"))
  // Root's database server runs as another user, who must be able to pass.
  chmodSync(home, 0o711)
  homes.add(home)
  return home
}

/** Removes what every process of the run has written; they must have ended. */
export const removeHomes = async (): Promise<void> => {
  const written = [...homes]
  homes.clear()
  await Promise.all(written.map((home) => rm(home, { recursive: true, force: true })))
}

/** A port that was free a moment ago. */
export const freePort = (): number => {
  const server = Bun.listen({ hostname: "127.0.0.1", port: 0, socket: { data: () => undefined } })
  const { port } = server
  server.stop(true)
  return port
}

/** Waits until it holds, looking every few milliseconds; fails with the sentence when it does not in time. */
export const until = async (
  what: string,
  holds: () => boolean | Promise<boolean>,
  withinMillis = 20_000
): Promise<number> => {
  const began = performance.now()
  while (!(await holds())) {
    if (performance.now() - began > withinMillis) throw new Error(`not within ${withinMillis} ms: ${what}`)
    await Bun.sleep(10)
  }
  return performance.now() - began
}
