/** What runs from this home, reached over the socket in it: for administration, and to learn its address. */
import { AdminApi, type Overview } from "@infernet/contract/api/Admin"
import { Home } from "@infernet/platform/Home"
import { Context, Effect, Layer } from "effect"
import { FetchHttpClient, HttpClient } from "effect/http"
import { HttpApiClient } from "effect/http-api"
import { Failure } from "../terminal/exit.ts"
import { KeysApi } from "./KeysApi.ts"
import { LiveApi } from "./LiveApi.ts"
import { MachineApi } from "./MachineApi.ts"
import { NodeApi, type NodeOverview } from "./NodeApi.ts"
import { RunApi } from "../run/RunApi.ts"

/** What the socket's errors have in common. */
const sentenceOf = (error: unknown): string | undefined =>
  typeof error === "object" && error !== null && "error_message" in error ? String(error.error_message) : undefined

type Answer<A> = Effect.Effect<A, Failure>

export class Local extends Context.Service<
  Local,
  {
    /** The control plane's own numbers. */
    readonly overview: Answer<typeof Overview.Type>
    /** The same of a node that joined a network elsewhere. */
    readonly node: Answer<typeof NodeOverview.Type>
    /** What the node here does for the person at its machine; its errors are those of the socket. */
    readonly machine: HttpApiClient.ForApi<typeof MachineApi>["machine"]
    /** The key of the node here, and a change of it; its errors are those of the socket. */
    readonly keys: HttpApiClient.ForApi<typeof KeysApi>["keys"]
    /** How the node here is doing, as it happens; its errors are those of the socket. */
    readonly live: HttpApiClient.ForApi<typeof LiveApi>["live"]
    /** The process itself: how it was started, and its end; its errors are those of the socket. */
    readonly run: HttpApiClient.ForApi<typeof RunApi>["run"]
    /** Of the control plane here, else of the one that the node here has joined. */
    readonly url: Answer<string>
    /** Calls the administration; its refusals keep their sentence. */
    readonly administer: <A, E>(
      call: (admin: HttpApiClient.ForApi<typeof AdminApi>["admin"]) => Effect.Effect<A, E>
    ) => Answer<A>
  }
>()("infernet/client/Local") {
  static readonly layer = Layer.effect(
    Local,
    Effect.gen(function* () {
      const { adminSocket, root } = yield* Home
      const overSocket = ((input: string | URL | Request, init?: RequestInit) =>
        // An installation may have nothing to tell for as long as another one takes.
        fetch(input, { ...init, unix: adminSocket, timeout: false })) as typeof fetch
      const options = {
        baseUrl: "http://localhost",
        transformClient: HttpClient.transformResponse(Effect.provideService(FetchHttpClient.Fetch, overSocket))
      }
      const { admin } = yield* HttpApiClient.make(AdminApi, options)
      const { node } = yield* HttpApiClient.make(NodeApi, options)
      const { machine } = yield* HttpApiClient.make(MachineApi, options)
      const { keys } = yield* HttpApiClient.make(KeysApi, options)
      const { live } = yield* HttpApiClient.make(LiveApi, options)
      const { run } = yield* HttpApiClient.make(RunApi, options)

      const nothing = `nothing runs from ${root}: start it with \`infernet start\``
      const explain = (error: unknown) => new Failure({ message: sentenceOf(error) ?? nothing })
      // Whoever administers a network is often at another machine than it.
      const explainToAdmin = (error: unknown) =>
        new Failure({
          message: sentenceOf(error) ?? `${nothing}, or administer a network where its control plane runs`
        })
      const noControlPlane = Effect.fail(
        new Failure({
          message: "no control plane runs from this home: administer the network where its control plane runs"
        })
      )

      const overview = Effect.mapError(admin.overview(), explain)
      const nodeOverview = Effect.mapError(node.overview(), explain)
      return Local.of({
        overview,
        node: nodeOverview,
        machine,
        keys,
        live,
        run,
        url: Effect.map(overview, ({ url }) => url).pipe(
          Effect.catch(() => Effect.map(nodeOverview, ({ control_plane }) => control_plane))
        ),
        administer: (call) =>
          call(admin).pipe(
            Effect.mapError(explainToAdmin),
            Effect.tapError(() =>
              Effect.flatMap(Effect.isSuccess(nodeOverview), (isNode) => (isNode ? noControlPlane : Effect.void))
            )
          )
      })
    }).pipe(Effect.provide(FetchHttpClient.layer))
  )
}
