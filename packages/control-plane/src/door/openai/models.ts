/** Models in OpenAI's form, or in Anthropic's, whose clients ask at the same paths. */
import type { ModelInfo, ModelPage } from "@infernet/contract/AnthropicAnswer"
import { ModelNotFound } from "@infernet/contract/ApiError"
import type { ModelList, ModelObject } from "@infernet/contract/OpenAi"
import { DateTime, Effect } from "effect"
import type { Offered } from "../../limits/allowedModels.ts"
import { modelInfo, modelPage } from "../anthropic/models.ts"

type Object = typeof ModelObject.Type

const objectOf = (id: string, created: number): Object => ({ id, object: "model", created, owned_by: "infernet" })

/** `since` stands for when a model was made, which nobody knows. */
export const make = (router: Offered, since: DateTime.Utc) => {
  const created = Math.floor(DateTime.toEpochMillis(since) / 1000)
  return {
    list: (forAnthropic: boolean): ModelPage | typeof ModelList.Type =>
      forAnthropic
        ? modelPage(router.models(), DateTime.formatIso(since))
        : { object: "list", data: [...router.models().keys()].sort().map((id) => objectOf(id, created)) },

    /** The model under any of its names. */
    find: (asked: string, forAnthropic: boolean): Effect.Effect<ModelInfo | Object, ModelNotFound> => {
      const id = router.advertised(asked)
      const entries = router.models().get(id)
      if (entries === undefined || router.matching(asked).length === 0) {
        return Effect.fail(
          new ModelNotFound({
            error_message: `no node serves ${asked} at this moment: GET /v1/models lists what is there`
          })
        )
      }
      return Effect.succeed(forAnthropic ? modelInfo(id, entries, DateTime.formatIso(since)) : objectOf(id, created))
    }
  }
}
