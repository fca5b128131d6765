/**
 * Downloads of large files: resumed where they stopped, checked byte for byte, given up for what no waiting mends.
 *
 * What has come stays in the part file when the connection or this process ends, and the next call goes on from there.
 */
import { createHash, type Hash } from "node:crypto"
import * as refused from "@infernet/platform/refused"
import { Context, Duration, Effect, FileSystem, Layer, type PlatformError, type Redacted } from "effect"
import { FetchHttpClient } from "effect/http"
import * as answer from "./answer.ts"
import { bytesOf } from "./bytes.ts"
import { InstallError, type OnProgress } from "./Install.ts"
import { unusable } from "./ModelFiles.ts"
import * as Part from "./Part.ts"
import * as request from "./request.ts"
import { tooLarge, transfer } from "./transfer.ts"

export interface Wanted {
  readonly url: URL
  /** Where the bytes go; whole and checked once `fetch` succeeds. */
  readonly part: string
  readonly sha256: string | undefined
  /** The size, where somebody told it who knows: a server need not. */
  readonly bytes: number | undefined
  /** Sent to the URL's own origin only. */
  readonly authorization: Redacted.Redacted | undefined
  readonly maxBytes: number | undefined
  /** Bytes that the disk may still be given. */
  readonly free: Effect.Effect<number, InstallError>
  /** Why a file that begins like this is not wanted; asked before the rest of it is fetched. */
  readonly objection: (beginning: Uint8Array) => string | undefined
}

export interface Fetched {
  readonly bytes: number
  readonly sha256: string
}

interface Patience {
  /** How long a server may send nothing. */
  readonly stall: Duration.Input
  /** Tries in a row that bring nothing; the pause between them doubles, from a second on. */
  readonly tries: number
}

/** Errors after which what has come is worth nothing. */
const spoiling: ReadonlySet<InstallError["reason"]> = new Set(["checksum_mismatch", "does_not_fit", "failed"])

const fail = (reason: InstallError["reason"], message: string) => Effect.fail(new InstallError({ reason, message }))

const diskError = (error: InstallError | PlatformError.PlatformError): InstallError => {
  if (error instanceof InstallError) return error
  if (!refused.isFull(error)) return unusable(error)
  return new InstallError({ reason: "does_not_fit", message: "the disk became full: make room and install again" })
}

const make = Effect.fnUntraced(function* ({ stall, tries }: Patience) {
  const fs = yield* FileSystem.FileSystem
  const fetch = yield* FetchHttpClient.Fetch

  const open = ({ authorization, url }: Wanted, have: Part.Part) =>
    Effect.gen(function* () {
      const controller = new AbortController()
      yield* Effect.addFinalizer(() => Effect.sync(() => controller.abort()))
      const headers = {
        ...(have.bytes > 0 && { range: `bytes=${have.bytes}-` }),
        ...(have.bytes > 0 && have.validator !== undefined && { "if-range": have.validator })
      }
      return yield* Effect.tryPromise({
        try: () => request.open(fetch, url, headers, authorization, controller.signal),
        catch: (cause) => request.unreachable(url.host, cause)
      }).pipe(
        Effect.timeoutOrElse({ duration: stall, orElse: () => fail("unreachable", `${url.host} does not answer`) })
      )
    })

  const affordable = Effect.fnUntraced(function* ({ free, maxBytes }: Wanted, have: number, total: number | undefined) {
    if (total === undefined) return
    if (maxBytes !== undefined && total > maxBytes) return yield* tooLarge(total, maxBytes)
    const missing = total - have - (yield* free)
    if (missing > 0) {
      return yield* fail("does_not_fit", `the disk lacks ${bytesOf(missing)} for it: make room and install again`)
    }
  })

  const verify = Effect.fnUntraced(function* (wanted: Wanted, bytes: number, hash: Hash, progress: OnProgress) {
    progress({ phase: "verifying", completed_bytes: bytes, total_bytes: bytes })
    const sha256 = hash.digest("hex")
    if (wanted.sha256 !== undefined && wanted.sha256 !== sha256) {
      const message = `what came has the SHA-256 ${sha256}, not ${wanted.sha256}: check the checksum, or the source`
      return yield* fail("checksum_mismatch", message)
    }
    yield* Part.settle(fs, wanted.part)
    return { bytes, sha256 } satisfies Fetched as Fetched
  })

  const once = Effect.fnUntraced(function* (wanted: Wanted, progress: OnProgress) {
    const source = { url: wanted.url.href, sha256: wanted.sha256 }
    const have = yield* Part.find(fs, wanted.part, source)
    const { host, response } = yield* open(wanted, have)
    const said = answer.read(response, host, have)
    if (said._tag === "Refused") return yield* fail(said.reason, said.message)
    if (said._tag === "Changed") {
      yield* Part.discard(fs, wanted.part)
      return undefined
    }
    const hash = createHash("sha256")
    const take = (piece: Uint8Array) => void hash.update(piece)
    const kept = said._tag === "Whole" ? 0 : have.bytes
    if (said._tag === "Complete") {
      yield* Part.replay(fs, have, take)
      return yield* verify(wanted, kept, hash, progress)
    }
    const total = said.total ?? wanted.bytes
    yield* affordable(wanted, kept, total)
    if (said._tag === "Rest") yield* Part.replay(fs, have, take)
    else {
      const { validator } = said
      yield* Part.begin(fs, wanted.part, {
        url: source.url,
        ...(validator !== undefined && { validator }),
        ...(source.sha256 !== undefined && { sha256: source.sha256 })
      })
    }
    if (response.body === null) return yield* fail("failed", `${host} sent an empty file`)
    const body = response.body.getReader()
    const { maxBytes, objection, part: path } = wanted
    const options = { path, body, host, have: kept, total, maxBytes, stall, objection, take, progress }
    const bytes = yield* transfer(fs, options)
    return yield* verify(wanted, bytes, hash, progress)
  }, Effect.scoped)

  const present = (path: string) =>
    Effect.orElseSucceed(
      Effect.map(fs.stat(path), ({ size }) => size),
      () => 0n
    )

  const attempt = (wanted: Wanted, progress: OnProgress) =>
    once(wanted, progress).pipe(
      // Only a part that was there can have been of an older file: the second answer is final.
      Effect.flatMap((fetched) => (fetched === undefined ? once(wanted, progress) : Effect.succeed(fetched))),
      Effect.flatMap((fetched) =>
        fetched === undefined ? fail("unreachable", "the file changes while it is fetched") : Effect.succeed(fetched)
      ),
      Effect.mapError(diskError),
      Effect.tapError(({ reason }) =>
        spoiling.has(reason) ? Effect.mapError(Part.discard(fs, wanted.part), unusable) : Effect.void
      )
    )

  return Effect.fn("Download.fetch")(function* (wanted: Wanted, progress: OnProgress) {
    let vain = 0
    while (true) {
      const before = yield* present(wanted.part)
      const result = yield* Effect.result(attempt(wanted, progress))
      if (result._tag === "Success") return result.success
      if (result.failure.reason !== "unreachable") return yield* result.failure
      vain = (yield* present(wanted.part)) > before ? 1 : vain + 1
      if (vain >= tries) return yield* result.failure
      yield* Effect.logDebug("download interrupted", { reason: result.failure.message, vain })
      yield* Effect.sleep(Duration.seconds(2 ** (vain - 1)))
    }
  })
})

export class Download extends Context.Service<
  Download,
  {
    /** Interruption leaves what has come for the next time. */
    readonly fetch: (wanted: Wanted, progress: OnProgress) => Effect.Effect<Fetched, InstallError>
  }
>()("@infernet/backend/install/Download") {
  static readonly layerWith = (patience: Patience) =>
    Layer.effect(
      Download,
      Effect.map(make(patience), (fetch) => Download.of({ fetch }))
    )

  static readonly layer = Download.layerWith({ stall: "1 minute", tries: 5 })
}
