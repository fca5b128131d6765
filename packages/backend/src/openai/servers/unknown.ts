/** A server of an unknown make: OpenAI's own fields, and nothing that it may ignore in silence. */
import { Effect } from "effect"
import { cannot } from "../../Ability.ts"
import type { Parameter } from "../../Parameter.ts"
import { abilities } from "../ask.ts"
import type { Flavor } from "../Flavor.ts"
import { list } from "../models.ts"

const why = "it is no part of OpenAI's API, and a server of an unknown make may ignore it without a word"
const foreign: ReadonlyArray<Parameter> = ["top_k", "min_p", "repetition_penalty"]

export const unknown: Flavor = {
  name: "the OpenAI-compatible server",
  label: "OpenAI-compatible",
  apiKeyVariable: "INFERNET_BACKEND_API_KEY",
  place: { variables: [], ports: [] },
  known: { byModel: () => false, byMarks: () => false },
  dialect: { repetitionPenalty: [], namedToolChoice: true, seedBits: 64, cutsStops: true },
  learn: (site) =>
    Effect.map(abilities(site), (capabilities) => ({
      version: undefined,
      slots: 4,
      capabilities,
      told: true,
      lacks: new Map(foreign.map((field) => [field, why]))
    })),
  models: (site, { capabilities, slots }) => list(site, { kind: "openai", slots, capabilities }),
  readings: cannot("the OpenAI-compatible server does not tell how busy it is"),
  toEmbed: "run one that does",
  noInstall: "the OpenAI-compatible server serves the models it was started with"
}
