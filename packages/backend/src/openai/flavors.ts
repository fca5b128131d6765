/** The servers that speak OpenAI's API, by kind. */
import type { Flavor, OpenAiKind } from "./Flavor.ts"
import { llamaCpp } from "./servers/llamaCpp.ts"
import { llamaSwap } from "./servers/llamaSwap.ts"
import { max } from "./servers/max.ts"
import { sglang } from "./servers/sglang.ts"
import { unknown } from "./servers/unknown.ts"
import { vllm } from "./servers/vllm.ts"

export const flavors: Record<OpenAiKind, Flavor> = {
  llamacpp: llamaCpp,
  llamaswap: llamaSwap,
  vllm,
  sglang,
  max,
  openai: unknown
}
