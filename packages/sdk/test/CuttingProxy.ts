/** A proxy between a client and a control plane that cuts connections after so many bytes of the answer. */
import { Effect } from "effect"

/** Numbers in [0, 1) that a seed fixes (mulberry32). */
export const random = (seed: number): (() => number) => {
  let state = seed
  return () => {
    state = (state + 0x6d2b79f5) | 0
    let t = Math.imul(state ^ (state >>> 15), 1 | state)
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t
    return ((t ^ (t >>> 14)) >>> 0) / 2 ** 32
  }
}

interface Way {
  readonly up: ReturnType<typeof Bun.connect>
  left: number
}

/**
 * Listens on a free port of loopback. `next` gives the bytes that the next connection may carry towards the client;
 * `undefined` is no limit.
 */
export const make = (port: number, next: () => number | undefined) =>
  Effect.gen(function* () {
    let cuts = 0
    const server = yield* Effect.acquireRelease(
      Effect.sync(() =>
        Bun.listen<Way>({
          hostname: "127.0.0.1",
          port: 0,
          socket: {
            open: (client) => {
              const up = Bun.connect({
                hostname: "127.0.0.1",
                port,
                socket: {
                  data: (_, bytes) => {
                    const way = client.data
                    client.write(bytes.subarray(0, way.left))
                    way.left -= bytes.length
                    if (way.left > 0) return
                    cuts += 1
                    client.end()
                  },
                  close: () => void client.end()
                }
              })
              client.data = { up, left: next() ?? Infinity }
            },
            data: (client, bytes) => void client.data.up.then((up) => up.write(bytes)),
            close: (client) => void client.data.up.then((up) => up.end())
          }
        })
      ),
      (server) => Effect.sync(() => server.stop(true))
    )
    return { url: `http://127.0.0.1:${server.port}`, cuts: () => cuts }
  })
