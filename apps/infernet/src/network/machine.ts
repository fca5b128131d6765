/** What a node does for the person at its machine: in its own process, and for others on the socket in its home. */
import { Backends, type Verdict } from "@infernet/backend/Backends"
import { InstallError } from "@infernet/backend/install/Install"
import { ModelFiles, type ModelFile } from "@infernet/backend/install/ModelFiles"
import { type Installation, Installs, Stopped } from "@infernet/daemon/command/Installs"
import { sentence } from "@infernet/platform/sentence"
import { Cause, Context, Effect, Exit, Layer, Stream } from "effect"
import { HttpApiBuilder } from "effect/http-api"
import type { Machine } from "../client/Machine.ts"
import {
  type BackendView,
  type InstallEvent,
  type InstallView,
  MachineApi,
  type MachineModels,
  sourceOf
} from "../client/MachineApi.ts"

export const viewOf = ({ address, kind, models, reason, used, version }: Verdict): BackendView => ({
  kind,
  address,
  models,
  used,
  reason,
  ...(version !== undefined && { version })
})

export const filesOf = (files: ReadonlyArray<ModelFile>): MachineModels["files"] =>
  files.map(({ bytes, manifest, name }) => ({ name, bytes, ...(manifest && { source: manifest.source }) }))

const failed = ({ message, reason }: InstallError): InstallEvent => ({
  _tag: "Failed",
  reason,
  message: sentence(message)
})

const endOf = (exit: Exit.Exit<string, InstallError | Stopped>): InstallEvent => {
  if (Exit.isSuccess(exit)) return { _tag: "Done", model: exit.value }
  if (Cause.hasInterruptsOnly(exit.cause)) return { _tag: "Stopped" }
  const error = Cause.squash(exit.cause)
  if (error instanceof Stopped) return { _tag: "Stopped" }
  if (error instanceof InstallError) return failed(error)
  return { _tag: "Failed", reason: "failed", message: "the node failed while doing it; its log says why" }
}

/** From its beginning, or from now on, to its end. */
const eventsOf = ({ id, model, news, result }: Installation): Stream.Stream<InstallEvent> =>
  Stream.succeed<InstallEvent>({ _tag: "Started", id, model }).pipe(
    Stream.concat(Stream.map(news, (progress): InstallEvent => ({ _tag: "Progress", progress }))),
    Stream.concat(Stream.fromEffect(Effect.map(Effect.exit(result), endOf)))
  )

const begun = (start: Effect.Effect<Installation, InstallError>): Stream.Stream<InstallEvent> =>
  Stream.unwrap(Effect.match(start, { onFailure: (error) => Stream.succeed(failed(error)), onSuccess: eventsOf }))

/** Over a node of this process. */
export const of = (node: Context.Context<Backends | ModelFiles | Installs>): Machine<never> => {
  const backends = Context.get(node, Backends)
  const files = Context.get(node, ModelFiles)
  const installs = Context.get(node, Installs)
  return {
    isNode: false,
    backends: Effect.map(backends.verdicts, (found) => found.map(viewOf)),
    models: Effect.gen(function* () {
      const { models } = yield* backends.snapshot
      // A folder that cannot be read is told of by whoever installs into it.
      const there = yield* Effect.orElseSucceed(files.list, () => [])
      return { offers: models, files: filesOf(there) }
    }),
    install: (source, to) => begun(installs.start(source, to)),
    remove: (model) => begun(installs.remove(model)),
    cancel: (id) => Effect.asVoid(installs.cancel(id))
  }
}

export const installView = ({ id, model, progress }: Installation): typeof InstallView.Type => {
  const now = progress()
  return { id, model, ...(now && { progress: now }) }
}

/** Routes for the home's socket, over a node of this process. */
export const routes = (node: Context.Context<Backends | ModelFiles | Installs>) => {
  const machine = of(node)
  const installs = Context.get(node, Installs)
  const handlers = HttpApiBuilder.group(MachineApi, "machine", (handlers) =>
    handlers
      .handle("backends", () => Effect.map(machine.backends, (backends) => ({ backends })))
      .handle("models", () => machine.models)
      .handle("installs", () => Effect.map(installs.list, (list) => ({ installs: list.map(installView) })))
      .handle("install", ({ payload }) => Effect.succeed(machine.install(sourceOf(payload.source), payload.to)))
      .handle("watch", ({ params }) =>
        Effect.map(installs.list, (list) => {
          const found = list.find(({ id }) => id === params.id)
          return found === undefined ? Stream.succeed<InstallEvent>({ _tag: "Stopped" }) : eventsOf(found)
        })
      )
      .handle("cancel", ({ params }) => Effect.map(installs.cancel(params.id), (cancelled) => ({ cancelled })))
      .handle("remove", ({ payload }) => Effect.succeed(machine.remove(payload.model)))
  )
  return HttpApiBuilder.layer(MachineApi).pipe(Layer.provide(handlers))
}
