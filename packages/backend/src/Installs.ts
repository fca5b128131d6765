/** Brings models to the backends that take them, and takes them away again once nothing runs on them. */
import type { CommandProgress } from "@infernet/contract/Command"
import type { BackendKind } from "@infernet/contract/Node"
import { Deferred, Effect, Option } from "effect"
import type { Backend } from "./Backend.ts"
import type { Backends, InstallLimits } from "./Backends.ts"
import { HardwareReadings } from "./Hardware.ts"
import { fit, needOfName, roomOf } from "./install/fit.ts"
import * as Folder from "./install/Folder.ts"
import { InstallError, type ModelSource, type OnProgress } from "./install/Install.ts"
import { ModelFiles } from "./install/ModelFiles.ts"
import { sizeAllowed, sizeObjection } from "./install/policy.ts"
import { isLoopback } from "./install/redirect.ts"
import type { Occupancy } from "./Occupancy.ts"
import type { Plan } from "./Plan.ts"
import type { Rounds } from "./Rounds.ts"
import * as Shared from "./Shared.ts"

/** How long a removal waits for the chats that run on the model; a longer one than this is rare. */
const patience = "5 minutes"

const fail = (reason: InstallError["reason"], message: string) => Effect.fail(new InstallError({ reason, message }))

/** Where an installation goes: to a backend that fetches for itself, or into the folder of this node's own. */
type Target = { readonly _tag: "Backend"; readonly backend: Backend } | { readonly _tag: "Folder" }

export const make = Effect.fnUntraced(function* (plan: Plan, rounds: Rounds, occupancy: Occupancy) {
  const hardware = yield* HardwareReadings
  const files = yield* ModelFiles
  const folder = yield* Folder.make
  const shared = yield* Shared.make<string, InstallError, CommandProgress>()

  const target = Effect.fnUntraced(function* (source: ModelSource, to: BackendKind | undefined) {
    const intoFolder = source._tag !== "Library" && (to === undefined || to === "embedded")
    if (intoFolder && plan.embedded !== "never") return { _tag: "Folder" } satisfies Target as Target
    const kind = to ?? (source._tag === "Library" ? "ollama" : undefined)
    const there = rounds.known().filter(({ backend }) => kind === undefined || backend.kind === kind)
    const able = there.find(({ backend }) => backend.install.can)
    if (able !== undefined) return { _tag: "Backend", backend: able.backend } satisfies Target as Target
    for (const { backend } of there) {
      if (!backend.install.can) return yield* fail("unsupported", backend.install.why)
    }
    if (to === undefined && source._tag === "Library") {
      const message = "library models need Ollama, which does not answer: start it, or install a GGUF file (org/name)"
      return yield* fail("unsupported", message)
    }
    return yield* intoFolder
      ? fail("unsupported", 'INFERNET_BACKEND leaves the embedded engine out: add "embedded" to it')
      : fail("unsupported", `no ${to ?? "backend"} answers here: see infernet doctor`)
  })

  /** A backend on another machine has that machine's memory, which nobody tells us. */
  const mustFit = Effect.fnUntraced(function* (backend: Backend, name: string, maxBytes: number | undefined) {
    const need = needOfName(name)
    if (need === undefined) return
    yield* sizeAllowed(need.modelBytes, maxBytes)
    const host = URL.parse(backend.address)?.hostname
    if (host !== undefined && !isLoopback(host)) return
    const result = fit(need, roomOf(yield* hardware.read, undefined))
    if (!result.fits) return yield* fail("does_not_fit", `${result.reason}: choose a smaller model or quantisation`)
  })

  /** Lets a backend fetch, for as long as it fetches no more than it may. */
  const fetchAt = Effect.fnUntraced(function* (
    backend: Backend,
    source: ModelSource,
    maxBytes: number | undefined,
    progress: OnProgress
  ) {
    if (!backend.install.can) return yield* fail("unsupported", backend.install.why)
    if (source._tag === "Library") yield* mustFit(backend, source.name, maxBytes)
    const tooLarge = yield* Deferred.make<never, InstallError>()
    const watched: OnProgress = (news) => {
      progress(news)
      const error = sizeObjection(news.total_bytes ?? 0, maxBytes)
      if (error !== undefined) Deferred.doneUnsafe(tooLarge, Effect.fail(error))
    }
    return yield* Effect.raceFirst(backend.install.run(source, watched), Deferred.await(tooLarge))
  })

  const work = Effect.fnUntraced(function* (
    source: ModelSource,
    to: BackendKind | undefined,
    maxBytes: number | undefined,
    progress: OnProgress
  ) {
    progress({ phase: "checking" })
    const where = yield* target(source, to)
    const name =
      where._tag === "Folder" && source._tag !== "Library"
        ? yield* folder(source, maxBytes, progress)
        : where._tag === "Backend"
          ? yield* fetchAt(where.backend, source, maxBytes, progress)
          : yield* Effect.die(new Error("a library model has no file"))
    progress({ phase: "loading" })
    const { models } = yield* rounds.refresh
    if (models.every(({ id }) => id !== name)) {
      yield* Effect.logWarning("installed, but no backend offers it yet", { model: name })
    }
    return name
  })

  const install: Backends["Service"]["install"] = Effect.fn("Backends.install")(
    (source: ModelSource, to: BackendKind | undefined, progress: OnProgress, limits?: InstallLimits) =>
      shared.run(JSON.stringify([source, to ?? null]), progress, (tell) => work(source, to, limits?.maxBytes, tell))
  )

  /** How to delete the model, everywhere; fails before anything is deleted where somebody cannot. */
  const deletions = Effect.fnUntraced(function* (model: string) {
    const file = yield* files.find(model)
    const holders = rounds.known().filter(({ offers }) => offers.some(({ id }) => id === model))
    const ways: Array<Effect.Effect<void, InstallError>> = []
    for (const { backend } of holders) {
      if (backend.remove.can) ways.push(backend.remove.run(model))
      // What it offers out of our folder goes with the file.
      else if (Option.isNone(file)) return yield* fail("unsupported", backend.remove.why)
    }
    if (Option.isSome(file)) ways.push(files.remove(model))
    if (ways.length === 0) return yield* fail("not_found", `no backend of this node has "${model}"`)
    return ways
  })

  const remove = Effect.fn("Backends.remove")(function* (model: string) {
    const ways = yield* deletions(model)
    const whenFree = Effect.gen(function* () {
      // Withdrawn first, so that what runs on it now is the last to do so.
      yield* rounds.publish
      yield* occupancy.free(model).pipe(
        Effect.timeoutOrElse({
          duration: patience,
          orElse: () =>
            fail("failed", `"${model}" is still in use after ${patience}: drain the node, or try again later`)
        })
      )
      yield* Effect.forEach(ways, (way) => way, { discard: true })
      yield* rounds.refresh
    })
    yield* occupancy.closed(model, whenFree).pipe(Effect.ensuring(rounds.publish))
  })

  return { install, remove }
})
