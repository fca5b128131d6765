/** Whether a process still runs. */
import { readFileSync } from "node:fs"

/** One that has ended and that nobody has asked after does not run; only Linux tells. */
const isZombie = (pid: number): boolean => {
  try {
    const text = readFileSync(`/proc/${pid}/stat`, "utf8")
    return text.slice(text.lastIndexOf(")") + 2).startsWith("Z")
  } catch {
    return false
  }
}

export const isAlive = (pid: number): boolean => {
  try {
    process.kill(pid, 0)
    return !isZombie(pid)
  } catch (error) {
    // Somebody else's process cannot be asked, but it is there.
    return error instanceof Error && "code" in error && error.code === "EPERM"
  }
}
