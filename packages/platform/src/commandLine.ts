/** The command line of another process: tells whether a number that was written down is still that process's. */
import { Effect, FileSystem } from "effect"
import { run } from "./database/ServerUser.ts"
import { self } from "./SocketDirectory.ts"

/** Empty where there is no such process; its words may be separated by zero bytes. */
export const commandLine = Effect.fnUntraced(function* (pid: number) {
  const fs = yield* FileSystem.FileSystem
  return yield* fs.readFileString(`/proc/${pid}/cmdline`).pipe(
    // No `/proc`, or no such process: `ps` knows on every other system.
    Effect.catch(() => run(self(), ["ps", "-o", "args=", "-p", `${pid}`]).pipe(Effect.map(({ output }) => output))),
    Effect.orElseSucceed(() => "")
  )
})
