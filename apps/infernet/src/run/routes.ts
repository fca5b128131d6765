/** Routes of this run for the home's socket. */
import { Effect, Layer } from "effect"
import { HttpApiBuilder } from "effect/http-api"
import type { Run } from "./Run.ts"
import { RunApi } from "./RunApi.ts"

export const routes = (run: Run["Service"]) => {
  const handlers = HttpApiBuilder.group(RunApi, "run", (handlers) =>
    handlers.handle("view", () => run.view).handle("end", ({ payload }) => Effect.andThen(run.end(payload), run.view))
  )
  return HttpApiBuilder.layer(RunApi).pipe(Layer.provide(handlers))
}
