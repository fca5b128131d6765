/** A client's day: a job by our own door, then the doors of others. */
import { JobId } from "@infernet/contract/Id"
import { BillStore } from "@infernet/control-plane/bill/BillStore"
import { Context, Effect, Schedule } from "effect"
import type { TestNetwork } from "./network.ts"
import { operationOf } from "./operations.ts"
import { nobody, send, sentTo, withKey } from "./people.ts"
import { jsonOf, type Tour } from "./Tour.ts"

/** Its node signs a job's bill soon after the job's end. */
const signed = ({ services }: TestNetwork["plane"], job: string) =>
  Context.get(services, BillStore)
    .ofJobs([JobId.make(job)])
    .pipe(
      Effect.repeat({
        schedule: Schedule.spaced("10 millis"),
        until: (bills) => bills.some(({ status }) => status === "signed")
      })
    )

export const tourOfJobs = Effect.fnUntraced(function* ({ names, visit }: Tour, { client, plane }: TestNetwork) {
  const asClient = withKey(client.key)

  yield* visit("public.health", "health", nobody)
  yield* visit("public.ready", "ready", nobody)
  yield* visit("public.info", "info", nobody)
  yield* visit("public.nodeStatus", "node", nobody)

  let job = ""
  yield* visit("jobs.submit", "job", asClient, (answer) => names.bind("job", (job = jsonOf(answer).id)))
  // To its end, so that what is read afterwards is the same every time.
  yield* send(plane, asClient, sentTo(operationOf("jobs.stream"), { path: { id: job } }))
  yield* signed(plane, job)
  yield* visit("jobs.get", "job", asClient, (answer) => names.bind("receipt", jsonOf(answer).receipts[0].id))
  yield* visit("receipts.get", "receipt", asClient)
  yield* visit("receipts.list", "page", asClient)
  yield* visit("jobs.stream", "resumed", asClient)
  yield* visit("jobs.cancel", "job", asClient)
  yield* visit("jobs.list", "page", asClient)
  yield* visit("jobs.submit", "stream", asClient)
  yield* visit("models.list", "models", asClient)
  yield* visit("quotes.quote", "job", asClient)

  for (const sdk of ["openai", "anthropic"]) {
    yield* visit("openai.models", sdk, asClient)
    yield* visit("openai.model", sdk, asClient)
  }
  yield* visit("openai.chatCompletions", "chat", asClient)
  yield* visit("openai.chatCompletions", "stream", asClient)
  yield* visit("openai.completions", "prompt", asClient)
  yield* visit("openai.embeddings", "texts", asClient)

  yield* visit("responses.create", "response", asClient, (answer) => names.bind("response", jsonOf(answer).id))
  yield* visit("responses.create", "stream", asClient)
  yield* visit("responses.retrieve", "response", asClient)
  yield* visit("responses.cancel", "response", asClient)
  yield* visit("responses.remove", "response", asClient)

  yield* visit("anthropic.messages", "message", asClient)
  yield* visit("anthropic.messages", "stream", asClient)
  yield* visit("anthropic.countTokens", "prompt", asClient)

  yield* visit("ollama.chat", "stream", asClient)
  yield* visit("ollama.chat", "whole", asClient)
  yield* visit("ollama.generate", "whole", asClient)
  yield* visit("ollama.embed", "texts", asClient)
  yield* visit("ollama.embeddings", "text", asClient)
  yield* visit("ollama.tags", "models", asClient)
  yield* visit("ollama.ps", "models", asClient)
  yield* visit("ollama.show", "model", asClient)
  yield* visit("ollama.version", "version", asClient)
  for (const refused of ["pull", "push", "create", "copy", "delete"]) {
    yield* visit(`ollama.${refused}`, "refused", asClient)
  }
})
