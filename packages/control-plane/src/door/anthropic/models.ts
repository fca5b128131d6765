/** The list of models in Anthropic's form. */
import type { ModelInfo, ModelPage } from "@infernet/contract/AnthropicAnswer"
import type { ModelOffer } from "@infernet/contract/Node"

interface Offered {
  readonly offer: Pick<ModelOffer, "context_length">
}

/** The longest context among its nodes: who needs it is sent there. */
const longest = (entries: ReadonlyArray<Offered>): number | null =>
  entries.reduce<number | null>(
    (most, { offer: { context_length: one } }) => (one === undefined ? most : Math.max(most ?? 0, one)),
    null
  )

/** `createdAt` is an ISO time: nobody knows a model's own. */
export const modelInfo = (id: string, entries: ReadonlyArray<Offered>, createdAt: string): ModelInfo => ({
  type: "model",
  id,
  display_name: id,
  created_at: createdAt,
  max_input_tokens: longest(entries)
})

export const modelPage = (models: ReadonlyMap<string, ReadonlyArray<Offered>>, createdAt: string): ModelPage => {
  const data = [...models]
    .map(([id, entries]) => modelInfo(id, entries, createdAt))
    .sort((a, b) => (a.id < b.id ? -1 : 1))
  return { data, has_more: false, first_id: data[0]?.id ?? null, last_id: data.at(-1)?.id ?? null }
}
