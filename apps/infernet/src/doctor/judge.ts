/** The whole of a situation, judged check by check in the order in which one rests on another. */
import type { Failure } from "../terminal/exit.ts"
import { of, type Finding } from "./Finding.ts"
import { judgeBackends } from "./judgeBackends.ts"
import { judgeHome } from "./judgeHome.ts"
import { judgeMachine } from "./judgeMachine.ts"
import { judgeNetwork } from "./judgeNetwork.ts"
import { judgeReceipts } from "./judgeReceipts.ts"
import type { Situation } from "./Situation.ts"

export const judge = (situation: Situation): ReadonlyArray<Finding> => [
  ...judgeHome(situation),
  ...judgeNetwork(situation),
  ...judgeBackends(situation),
  ...judgeReceipts(situation),
  ...judgeMachine(situation)
]

const { fail, ok, warn } = of("chat")

/** Why no chat is tried, where it could not tell anything; a model to try it with otherwise. */
export const chatModel = (situation: Situation): Finding | string => {
  const status = situation.node._tag === "Known" ? situation.node.value.status : undefined
  if (status !== "online" && status !== "draining") return fail("not tried: the node is not online for jobs")
  if (status === "draining") return warn("not tried: the node takes no new jobs")
  const chatting = situation.offers.filter(({ capabilities }) => capabilities.includes("chat"))
  const chosen = chatting.find(({ state }) => state === "loaded") ?? chatting[0]
  if (chosen === undefined) return fail("not tried: no model here chats", "infernet model recommend")
  if (!situation.hasApiKey) {
    return warn("not tried: there is no API key for the network", "set INFERNET_BEARER_TOKEN to one that it gave you")
  }
  return chosen.id
}

/** What a chat through the network to this very node showed. */
export interface Answered {
  readonly model: string
  readonly tokens: number
  readonly firstTokenMillis: number
}

export const judgeChat = (model: string, result: Answered | Failure): Finding => {
  if ("message" in result) return fail(`${model} through the network: ${result.message}`, "infernet logs")
  if (result.tokens === 0) return fail(`${model} answered with nothing`, "infernet logs")
  return ok(
    `${model} through the network: ${result.tokens} tokens, the first after ${Math.round(result.firstTokenMillis)} ms`
  )
}
