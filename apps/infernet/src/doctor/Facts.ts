/** Where a check-up takes what it judges from: this home, its machine and its network, as they are now. */
import type { Failure } from "../terminal/exit.ts"
import { Context, type Effect } from "effect"
import type { Answered } from "./judge.ts"
import type { Situation } from "./Situation.ts"

export class Facts extends Context.Service<
  Facts,
  {
    /** All but the chat, asked at once; each question has its own limit of time, and an answer that is missing is told. */
    readonly situation: Effect.Effect<Situation>
    /** One chat through the network to this very node. */
    readonly chat: (situation: Situation, model: string) => Effect.Effect<Answered, Failure>
  }
>()("infernet/doctor/Facts") {}
