/** Which server answers here, by what it says of itself: never by its port. */
import { Effect } from "effect"
import type { BackendError } from "../Backend.ts"
import { isRecord, recordsOf } from "../http/json.ts"
import { json, type Site } from "../http/Site.ts"
import type { Flavor } from "./Flavor.ts"
import { flavors, kinds, type OpenAiKind } from "./flavors.ts"

const first = (is: (flavor: Flavor) => boolean): OpenAiKind => kinds.find((kind) => is(flavors[kind])) ?? "openai"

/** From the model list alone; `openai` when it is a list like any other's, `undefined` when it is none. */
export const identifyModels = (answer: unknown): OpenAiKind | undefined => {
  if (!isRecord(answer) || !Array.isArray(answer["data"])) return undefined
  const [model] = recordsOf(answer["data"])
  return model === undefined ? "openai" : first(({ known }) => known.byModel(model))
}

/** Asks `/v1/models`, and where that list is empty or says nothing, the routes that only one of them has. */
export const identify = (site: Site): Effect.Effect<OpenAiKind | undefined, BackendError> =>
  Effect.gen(function* () {
    const kind = identifyModels(yield* json(site, "/v1/models"))
    if (kind !== "openai") return kind
    const ask = (path: string) => json(site, path).pipe(Effect.orElseSucceed(() => undefined))
    const marks = yield* Effect.all(
      {
        "/running": ask("/running"),
        "/props": ask("/props"),
        "/get_model_info": ask("/get_model_info"),
        "/openapi.json": ask("/openapi.json")
      },
      { concurrency: "unbounded" }
    )
    return first(({ known }) => known.byMarks(marks))
  })
