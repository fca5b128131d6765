/**
 * The servers that speak OpenAI's API, by kind: in the order in which they are looked for and told apart.
 *
 * A server behind a proxy answers for itself through it, so a proxy comes before what it stands in front of.
 */
import type { Flavor } from "./Flavor.ts"
import { llamaCpp } from "./servers/llamaCpp.ts"
import { llamaSwap } from "./servers/llamaSwap.ts"
import { max } from "./servers/max.ts"
import { sglang } from "./servers/sglang.ts"
import { unknown } from "./servers/unknown.ts"
import { vllm } from "./servers/vllm.ts"

export const flavors = {
  vllm,
  sglang,
  max,
  llamaswap: llamaSwap,
  llamacpp: llamaCpp,
  openai: unknown
} satisfies Record<string, Flavor>

export type OpenAiKind = keyof typeof flavors

/** With their kinds; the typed way through the record. */
export const kinds = Object.keys(flavors) as ReadonlyArray<OpenAiKind>
