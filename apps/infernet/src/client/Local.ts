/** The control plane of this home, reached over its socket: for administration, and to learn its address. */
import { AdminApi } from "@infernet/contract/api/Admin"
import { Home } from "@infernet/platform/Home"
import { Context, Effect, Layer } from "effect"
import { FetchHttpClient, HttpClient } from "effect/http"
import { HttpApiClient } from "effect/http-api"
import { Failure } from "../terminal/exit.ts"

export class Local extends Context.Service<Local, HttpApiClient.ForApi<typeof AdminApi>>()("infernet/client/Local") {
  static readonly layer = Layer.effect(
    Local,
    Effect.gen(function* () {
      const { adminSocket } = yield* Home
      const overSocket = ((input: string | URL | Request, init?: RequestInit) =>
        fetch(input, { ...init, unix: adminSocket })) as typeof fetch
      return yield* HttpApiClient.make(AdminApi, {
        baseUrl: "http://localhost",
        transformClient: HttpClient.transformResponse(Effect.provideService(FetchHttpClient.Fetch, overSocket))
      }).pipe(Effect.provide(FetchHttpClient.layer))
    })
  )
}

/** No process serves the socket. */
export const notRunning = (root: string) =>
  new Failure({ message: `nothing runs from ${root}: start it with \`infernet start\`` })
