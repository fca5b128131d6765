/** Why the operating system refused something about a file, in words that say what to do: its own are codes. */
import { PlatformError } from "effect"

/** Each goes on after a path: `/home/me/.infernet/keys: its disk is full: make room there`. */
const words: Readonly<Record<string, string>> = {
  ENOSPC: "its disk is full: make room there and try again",
  EDQUOT: "this user's share of its disk is used up: make room there and try again",
  EROFS: "its disk can only be read: mount it so that it can be written, or choose another place",
  EACCES: "this user may not: look at its owner and mode",
  EPERM: "this user may not: look at its owner and mode",
  ENOENT: "it is not there",
  ENOTDIR: "a part of its path is a file where a directory is needed",
  EISDIR: "it is a directory where a file is needed",
  EEXIST: "something else is there already",
  ELOOP: "its links lead in a circle",
  ENAMETOOLONG: "its name is too long for the file system",
  EMFILE: "this process has too many files open: raise the limit of the shell or service (ulimit -n)",
  ENFILE: "this machine has too many files open",
  EBUSY: "it is in use",
  EIO: "its disk cannot be read or written: see the system's log"
}

/** Errors wrap each other; the innermost that is the operating system's has the code. */
const codeOf = (error: unknown, depth = 0): string | undefined => {
  if (depth > 4 || typeof error !== "object" || error === null) return undefined
  if (error instanceof PlatformError.PlatformError) return codeOf(error.reason, depth + 1)
  if ("code" in error && typeof error.code === "string" && /^E[A-Z]+$/.test(error.code)) return error.code
  return "cause" in error ? codeOf(error.cause, depth + 1) : undefined
}

/** Whether the disk, or this user's share of it, has no room left. */
export const isFull = (error: unknown): boolean => ["ENOSPC", "EDQUOT"].includes(codeOf(error) ?? "")

/** What stood in the way and what to do about it, to go on after a path and a colon. */
export const why = (error: unknown): string => {
  const code = codeOf(error)
  return (code === undefined ? undefined : words[code]) ?? code ?? "the operating system refused it"
}

/** The same with the path that the error names, where it names one. */
export const sentence = (error: PlatformError.PlatformError): string => {
  const { reason } = error
  if (!("pathOrDescriptor" in reason) || typeof reason.pathOrDescriptor !== "string") return why(error)
  return `${reason.pathOrDescriptor}: ${why(error)}`
}
