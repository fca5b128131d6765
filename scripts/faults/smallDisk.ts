/** A disk of a few hundred megabytes, in memory, for a home that is to run out of room; gone with the run. */
import { spawnSync } from "node:child_process"
import { rmSync } from "node:fs"
import { join } from "node:path"

/** Why there can be none; nothing where there can. */
export const missing = (): string | undefined => {
  if (process.platform !== "linux") return "needs a tmpfs, which is Linux's"
  return process.getuid?.() === 0 ? undefined : "needs root, to mount a tmpfs"
}

const mounted = new Set<string>()
const unmount = (at: string) => {
  // Lazily: whoever still has a file open there keeps nobody from going on.
  spawnSync("umount", ["--lazy", at])
  mounted.delete(at)
}
process.on("exit", () => mounted.forEach(unmount))

export class SmallDisk {
  readonly #at: string
  readonly #ballast: string

  /** Lies over a directory that is there. */
  constructor(at: string, mebibytes: number) {
    const { status, stderr } = spawnSync("mount", ["-t", "tmpfs", "-o", `size=${mebibytes}m,mode=711`, "tmpfs", at])
    if (status !== 0) throw new Error(`no tmpfs at ${at}: ${stderr.toString()}`)
    mounted.add(at)
    this.#at = at
    this.#ballast = join(at, "ballast")
  }

  /** Leaves not a byte. */
  fill(): void {
    // It ends when nothing more can be written.
    spawnSync("dd", ["if=/dev/zero", `of=${this.#ballast}`, "bs=4k"])
  }

  makeRoom(): void {
    rmSync(this.#ballast, { force: true })
  }

  [Symbol.dispose](): void {
    unmount(this.#at)
  }
}
