/** Standard output where it is a file: what cannot be written there, as on a full disk, ends the run. */
import type { Console } from "effect"
import { fstatSync, writeSync } from "node:fs"
import { isatty } from "node:tty"
import { format } from "node:util"
import { unwritable } from "./exit.ts"

/** A file takes bytes at once or never; a pipe may not have room yet, and tells of its end by itself. */
const isFile = (): boolean => {
  try {
    const stat = fstatSync(1)
    return stat.isFile() || (stat.isCharacterDevice() && !isatty(1))
  } catch {
    // It was closed before we began, as whoever did so knows.
    return false
  }
}

/** All of it: a disk that becomes full takes a part first. */
const writeWhole = (text: string): void => {
  const bytes = new TextEncoder().encode(text)
  for (let written = 0; written < bytes.length;) written += writeSync(1, bytes, written)
}

const log: Console.Console["log"] = (...args) => {
  try {
    writeWhole(`${format(...args)}\n`)
  } catch (error) {
    unwritable(error)
  }
}

/** Bun's own console tells nobody of what it could not write. */
export const toldOfFullDisks: Console.Console = isFile()
  ? { ...globalThis.console, log, info: log }
  : globalThis.console
