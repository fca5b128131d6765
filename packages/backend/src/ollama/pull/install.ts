/** Pulling and deleting models through Ollama, which keeps what it has of a broken-off pull and goes on from there. */
import { Clock, Effect } from "effect"
import { BackendError } from "../../Backend.ts"
import { boundedText, consume } from "../../http/body.ts"
import { parse, recordOf, stringOf } from "../../http/json.ts"
import { sentence } from "../../http/refusal.ts"
import { json, send, type Site } from "../../http/Site.ts"
import { InstallError, type ModelSource, type OnProgress } from "../../install/Install.ts"
import { publicName, readTags } from "../models.ts"
import { cleaned, failure } from "./failure.ts"
import { pullName } from "./pullName.ts"
import * as PullStream from "./PullStream.ts"

const fromBackend = ({ fault, message }: BackendError): InstallError =>
  new InstallError({
    reason: fault === "backend_unreachable" || fault === "timeout" ? "unreachable" : "failed",
    message: cleaned(message)
  })

const attempt = <A>(site: Site, model: string, run: (signal: AbortSignal) => Promise<A>) =>
  Effect.tryPromise({
    try: run,
    catch: (cause) => {
      if (cause instanceof InstallError) return cause
      return cause instanceof BackendError ? fromBackend(cause) : failure(model, `${site.name} broke off: EOF`)
    }
  })

/** Throws the `InstallError` that an answer of 400 or more stands for. */
const checked = async (site: Site, model: string, response: Response): Promise<Response> => {
  if (response.ok) return response
  const text = await boundedText(site, response, 64 << 10)
  throw failure(model, sentence(parse(text)) ?? `it answered ${response.status}`)
}

/** Waits until the pull has not moved for as long as its phase allows. */
const stalled = (model: string, stream: PullStream.PullStream) =>
  Effect.gen(function* () {
    for (;;) {
      const { at, patience } = stream.moved()
      const left = at + patience - (yield* Clock.currentTimeMillis)
      if (left > 0) {
        yield* Effect.sleep(left)
        continue
      }
      const minutes = Math.round(patience / 60_000)
      const message = `The pull of "${model}" has not moved for ${minutes} minutes. Ollama keeps what it has: try again and it goes on from there`
      return yield* new InstallError({ reason: "unreachable", message })
    }
  })

/** Pulls what Ollama knows under `name`, which may be anything it takes. Interruption aborts it. */
export const pull = Effect.fnUntraced(function* (
  site: Site,
  body: { readonly model: string; readonly insecure?: boolean },
  progress: OnProgress
) {
  const clock = yield* Clock.Clock
  const stream = PullStream.make(site, body.model, () => clock.currentTimeMillisUnsafe(), progress)
  const pulling = attempt(site, body.model, async (signal) => {
    const response = await send(site, "/api/pull", { method: "POST", body: { ...body, stream: true }, signal })
    return consume(site, await checked(site, body.model, response), stream)
  })
  return yield* Effect.raceFirst(pulling, stalled(body.model, stream))
})

const asTagged = (name: string) => (/:[^/]*$/.test(name) ? name : `${name}:latest`).toLowerCase()

export const remove = (site: Site, name: string): Effect.Effect<void, InstallError> =>
  attempt(site, name, async (signal) => {
    // Out of memory first, once its last chat has ended; a model that is not there is told of by the deletion.
    const unload = { model: name, keep_alive: 0 }
    await (await send(site, "/api/generate", { method: "POST", body: unload, signal })).body?.cancel()
    const response = await send(site, "/api/delete", { method: "DELETE", body: { model: name }, signal })
    if (response.status === 404) {
      throw new InstallError({ reason: "not_found", message: `Ollama has no model "${publicName(name)}"` })
    }
    if (response.ok) {
      await response.body?.cancel()
      return
    }
    const said = sentence(parse(await boundedText(site, response, 64 << 10))) ?? `it answered ${response.status}`
    throw new InstallError({ reason: "failed", message: `Ollama did not delete "${name}": ${cleaned(said)}` })
  })

/** Deletes what turned out to be something else, and says so. */
const refused = (site: Site, name: string, error: InstallError) =>
  Effect.andThen(
    remove(site, name).pipe(Effect.catch((left) => Effect.logWarning("unwanted model not removed", left.message))),
    Effect.fail(error)
  )

const notHere = (site: Site, name: string) => {
  const message = `"${name}" runs at ollama.com on somebody's account: choose a model that runs on this machine`
  return refused(site, name, new InstallError({ reason: "unsupported", message }))
}

/** The files a model was made from: the list of models has only the digest of the whole. */
const filesOf = (site: Site, name: string): Effect.Effect<ReadonlyArray<string>, InstallError> =>
  json(site, "/api/show", { model: name }).pipe(
    Effect.map((answer) => {
      const modelfile = stringOf(recordOf(answer)["modelfile"]) ?? ""
      return [...modelfile.matchAll(/^FROM .*sha256[-:]([0-9a-f]{64})\s*$/gm)].flatMap(([, sha256]) => sha256 ?? [])
    }),
    Effect.mapError(fromBackend)
  )

/** Gives the name under which the model is offered from now on. */
export const install = Effect.fn("OllamaBackend.install")(function* (
  site: Site,
  source: ModelSource,
  progress: OnProgress
) {
  const name = pullName(source)
  if (typeof name !== "string") return yield* name
  progress({ phase: "checking" })
  yield* pull(site, { model: name }, progress)
  const sha256 = source._tag === "HuggingFace" ? source.sha256 : undefined
  if (sha256 !== undefined && !(yield* filesOf(site, name)).includes(sha256)) {
    const message = `What came for "${name}" is not the file with the SHA-256 that was asked for: it has been removed`
    return yield* refused(site, name, new InstallError({ reason: "checksum_mismatch", message }))
  }
  const listed = yield* json(site, "/api/tags").pipe(Effect.mapError(fromBackend))
  const wanted = asTagged(name)
  // Ollama may have it in other letters already. What came and is not among the local ones is a stub of a cloud model.
  const here = readTags(listed).find((tag) => tag.name.toLowerCase() === wanted)
  return here === undefined ? yield* notHere(site, name) : publicName(here.name)
})
