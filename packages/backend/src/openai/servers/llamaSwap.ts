/** llama-swap: a proxy that starts the server a model needs, and stops another for it. */
import { Effect } from "effect"
import { cannot } from "../../Ability.ts"
import { recordsOf, stringOf, recordOf } from "../../http/json.ts"
import { about, versionIn } from "../ask.ts"
import type { Flavor } from "../Flavor.ts"
import { list } from "../models.ts"

export const llamaSwap: Flavor = {
  name: "llama-swap",
  label: "llama-swap",
  apiKeyVariable: "LLAMACPP_API_KEY",
  place: { variables: ["LLAMASWAP_HOST"], ports: [8080] },
  known: {
    byModel: (model) => model["owned_by"] === "llama-swap",
    byMarks: (marks) => Array.isArray(recordOf(marks["/running"])["running"])
  },
  // Behind it may be any server: mostly llama.cpp, else vLLM or the like.
  dialect: {
    repetitionPenalty: ["repeat_penalty", "repetition_penalty"],
    namedToolChoice: false,
    seedBits: 32,
    cutsStops: true
  },
  learn: (site) =>
    Effect.map(about(site, "/api/version"), (answer) => ({
      version: versionIn(answer),
      slots: 1,
      // What a model can do is known once it runs; to ask would start it.
      capabilities: ["chat", "tools", "json", "logprobs", "completion"],
      told: false,
      lacks: new Map()
    })),
  models: (site, { capabilities, slots }) =>
    Effect.gen(function* () {
      const { running } = yield* about(site, "/running")
      const states = new Map(
        recordsOf(running).map((model) => [stringOf(model["model"]) ?? "", stringOf(model["state"]) ?? ""])
      )
      // Older builds do not say in the list which models run.
      const listed = yield* list(site, { kind: "llamaswap", slots, capabilities })
      return listed.map(({ offer, upstream }) => {
        const state = Array.isArray(running) ? (states.get(upstream) === "ready" ? "loaded" : "loadable") : offer.state
        return { upstream, offer: { ...offer, state } }
      })
    }),
  readings: cannot("llama-swap says which models run, not how many requests"),
  toEmbed: "add an embedding model to its configuration",
  noInstall: "llama-swap serves the models in its configuration: add the model there"
}
