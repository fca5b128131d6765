/**
 * A chain of this home's own, for test money: anvil as a part of this process, reachable from this machine alone.
 *
 * It goes on where it was: its state is saved within a second of each block, and at once where it or this process is told
 * to end or this process is killed. Only a kill of anvil itself, or of the machine, takes back what was not saved yet; who
 * counts on a block waits `settledAfter`.
 */
import { join } from "node:path"
import * as Lock from "@infernet/platform/Lock"
import * as refused from "@infernet/platform/refused"
import { Clock, Context, Deferred, Duration, Effect, FileSystem, Layer, Option, type Scope } from "effect"
import { Anvil } from "./Anvil.ts"
import * as AnvilProcess from "./AnvilProcess.ts"
import * as ChainState from "./ChainState.ts"
import { folderIn } from "./LocalDeployment.ts"
import { LocalChainError } from "./LocalChainError.ts"
import { rpc } from "./rpc.ts"

/** A block that is this old survives whatever is killed. */
export const settledAfter = Duration.seconds(5)

const saveEvery = Duration.seconds(1)
/** It may be started again so often within `calm`. */
const failures = 5
const calm = Duration.minutes(1)

export interface Options {
  /** The home. */
  readonly root: string
  /** The port to take if it is free; any other one else. */
  readonly port: Option.Option<number>
}

/** The port where it is free; for 0, one that is. */
const take = (port: number) => {
  const server = Bun.listen({ hostname: "127.0.0.1", port, socket: { data: () => undefined } })
  const taken = server.port
  server.stop(true)
  return taken
}

/** A port that is free at this moment; the one that is wanted where that is. */
const freePort = (wanted: Option.Option<number>) =>
  Effect.try(() => take(Option.getOrElse(wanted, () => 0))).pipe(Effect.orElseSucceed(() => take(0)))

/** Saves the chain's state whenever it has a new block, until it is interrupted. */
const saving = Effect.fnUntraced(function* (url: string, directory: string) {
  const ask = rpc(url)
  let saved: unknown
  for (;;) {
    yield* Effect.sleep(saveEvery)
    yield* Effect.gen(function* () {
      const block = yield* ask("eth_blockNumber")
      if (block === saved) return
      const dump = yield* ask("anvil_dumpState")
      yield* ChainState.save(directory, String(dump))
      saved = block
    }).pipe(Effect.ignore({ log: "Warn", message: "the local chain's state was not saved; trying again" }))
  }
})

const one = (program: string, directory: string, port: number) =>
  Effect.tap(AnvilProcess.start(program, directory, port), ({ url }) => Effect.forkScoped(saving(url, directory)))

/** Runs it anew each time that it dies, on the same port; gives the exit code of the last time when it does not last. */
const keep = Effect.fnUntraced(function* (
  start: Effect.Effect<AnvilProcess.Running, LocalChainError, FileSystem.FileSystem | Scope.Scope>,
  started: Deferred.Deferred<string, LocalChainError>
) {
  for (let failed = 0; ;) {
    const began = yield* Clock.currentTimeMillis
    const code = yield* start.pipe(
      Effect.tap(({ url }) => Deferred.succeed(started, url)),
      Effect.flatMap(({ ended }) => ended),
      Effect.scoped
    )
    const lasted = (yield* Clock.currentTimeMillis) - began
    failed = lasted > Duration.toMillis(calm) ? 1 : failed + 1
    if (failed > failures) return code
    yield* Effect.logError("the local chain died; starting it again", { code })
    yield* Effect.sleep("250 millis")
  }
})

const held = (root: string) => (error: Lock.LockHeld | Lock.LockUnusable) =>
  new LocalChainError({
    message:
      error._tag === "LockHeld"
        ? `the local chain of ${root} runs already: ${error.message}. Stop that first`
        : error.message
  })

const make = Effect.fnUntraced(function* ({ port, root }: Options) {
  const fs = yield* FileSystem.FileSystem
  const directory = folderIn(root)
  yield* fs
    .makeDirectory(directory, { recursive: true, mode: 0o700 })
    .pipe(Effect.mapError((error) => new LocalChainError({ message: `${directory}: ${refused.why(error)}` })))
  yield* Lock.acquire(join(directory, "lock")).pipe(Effect.mapError(held(root)))
  const program = yield* (yield* Anvil).program
  const began = yield* Clock.currentTimeMillis
  const started = yield* Deferred.make<string, LocalChainError>()
  const ended = yield* Deferred.make<number>()
  yield* keep(one(program, directory, yield* freePort(port)), started).pipe(
    Effect.onError((cause) => Deferred.failCause(started, cause)),
    Effect.catchTag("LocalChainError", ({ message }) =>
      Effect.as(Effect.logError("the local chain does not start again", { error: message }), -1)
    ),
    Effect.flatMap((code) => Deferred.succeed(ended, code)),
    Effect.catchDefect((defect) => Deferred.die(ended, defect)),
    Effect.forkScoped
  )
  const url = yield* Deferred.await(started)
  const startTime = Duration.millis((yield* Clock.currentTimeMillis) - began)
  return LocalChain.of({ url, startTime, ended: Deferred.await(ended) })
})

export class LocalChain extends Context.Service<
  LocalChain,
  {
    /** Of its JSON-RPC. */
    readonly url: string
    readonly startTime: Duration.Duration
    /** Completes with an exit code where it was given up, and never because the scope closes. */
    readonly ended: Effect.Effect<number>
  }
>()("@infernet/payment/chain/LocalChain") {
  static readonly layer = (options: Options) => Layer.effect(LocalChain, make(options))
}
