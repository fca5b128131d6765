/** OpenAI's events of a response, as its SDKs read them: numbered, each with its type, the last with the whole answer. */
import { type Dialect, sse } from "../../../http/eventStream.ts"
import type { JobFacts } from "../../Exchange.ts"
import { statusAfter } from "./Answer.ts"
import { answerOf, responseOf, type Stage, type Wanted } from "./response.ts"

export const responsesDialect = (job: JobFacts, wanted: Wanted): Dialect => {
  let count = 0
  const say = (type: string, fields: string) =>
    `event: ${type}\ndata: {"type":"${type}","sequence_number":${count++},${fields}}\n\n`
  const answer = answerOf(job, wanted.showing, say)
  const told = (type: string, stage: Stage) =>
    say(type, `"response":${JSON.stringify(responseOf(job, wanted, stage, answer.output))}`)
  const begun: Stage = { _tag: "Open", status: "in_progress" }

  return {
    ...sse,
    start: told("response.created", begun) + told("response.in_progress", begun),
    entry: (entry) => answer.take(entry),
    end: (end) => {
      if (end._tag === "Failed") {
        const { error, message } = end
        const failed = told("response.failed", { _tag: "Failed", status: "failed", error, message, usage: null })
        // The SDKs throw at this one: of a response that failed they tell only who looks at its status. Some read the
        // error from the event itself, as it is documented, and some from within, as OpenAI sends it.
        const facts = JSON.stringify({ code: error, message, param: null })
        return failed + say("error", `${facts.slice(1, -1)},"error":{"type":"server_error",${facts.slice(1)}`)
      }
      const { finishReason: reason, usage } = end
      const rest = answer.finish(reason)
      return rest + told(`response.${statusAfter(reason)}`, { _tag: "Ended", reason, usage })
    }
  }
}
