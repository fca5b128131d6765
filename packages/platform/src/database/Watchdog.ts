/** Ends the database server when this process is killed, whatever way leaves it no time to do so itself. */
import { Effect } from "effect"
import { EmbeddedUnavailable } from "./EmbeddedError.ts"
import { become, environment, type ServerUser } from "./ServerUser.ts"

/**
 * Nobody writes to the pipe, so the first line ends when its other end closes, which is when we die: no
 * signal, no system call that only Linux has. The server may have been started that very moment and not
 * have written its number yet, hence the attempts.
 */
const script = `
read -r _
for attempt in 1 2 3 4 5 6 7 8 9 10; do
  pid=$(head -n 1 "$1/postmaster.pid") && kill -INT "$pid" && exit
  sleep 1
done
`

/** Watches over whatever server runs on the data directory, until the scope closes. Start it before the server. */
export const start = (data: string, user: ServerUser) =>
  Effect.acquireRelease(
    Effect.try({
      try: () =>
        Bun.spawn(["/bin/sh", "-c", script, "sh", data], {
          ...become(user),
          env: environment,
          cwd: "/",
          // What ends us all at once, a Ctrl-C at the terminal, must not end this first.
          detached: true,
          stdin: "pipe",
          stdout: "ignore",
          stderr: "ignore"
        }),
      catch: (cause) => new EmbeddedUnavailable({ reason: "start", detail: String(cause) })
    }),
    (child) =>
      Effect.promise(() => {
        child.kill("SIGKILL")
        return child.exited
      })
  )
