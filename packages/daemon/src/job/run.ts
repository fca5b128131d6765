/** Runs one attempt on the backend that offers its model, from acceptance to its end, whatever happens to it. */
import { BackendError } from "@infernet/backend/Backend"
import type { Backends } from "@infernet/backend/Backends"
import type { JobRequest } from "@infernet/contract/JobRequest"
import type { Ask } from "@infernet/payment/price/ask"
import { Cause, Deferred, Effect } from "effect"
import type { DaemonEvents } from "../DaemonEvents.ts"
import { answer, roughTokensOf } from "./answer.ts"
import type { Attempt } from "./Attempt.ts"
import { askOf } from "./reckon.ts"
import type { Refusal } from "./Jobs.ts"

interface Run {
  readonly attempt: Attempt
  readonly asks: ReadonlyArray<Ask>
  readonly request: JobRequest
  readonly accept: () => void
  readonly refuse: (refusal: Refusal) => void
  readonly backends: Pick<Backends["Service"], "chat" | "complete" | "embed" | "snapshot">
  readonly events: DaemonEvents["Service"]
}

const bug = "the node failed while running this attempt; its log says why"

export const run = Effect.fnUntraced(
  function* ({ accept, asks, attempt, backends, refuse, request }: Run) {
    const { models } = yield* backends.snapshot
    const offer = models.find(({ id }) => id === request.model)
    if (offer === undefined) {
      return refuse({ error: "model_not_found", reason: `this node does not offer ${request.model}` })
    }
    accept()
    attempt.price = askOf(asks, offer)
    attempt.asked(roughTokensOf(request))
    const answered = answer(backends, request, attempt.emit).pipe(
      Effect.tap(({ finish_reason, usage }) => Effect.sync(() => attempt.done(finish_reason, usage)))
    )
    // An end that comes from elsewhere, such as a cancel, interrupts the backend.
    yield* Effect.raceFirst(answered, Deferred.await(attempt.ended))
  },
  (effect, { attempt, events }) =>
    effect.pipe(
      Effect.tapCause((cause) => failed(attempt, cause)),
      Effect.ignoreCause,
      Effect.ensuring(
        Effect.sync(() => {
          attempt.fail("node_stopping", "the node is stopping")
          report(attempt, events)
        })
      ),
      Effect.annotateLogs({ attempt: attempt.id })
    )
)

const failed = (attempt: Attempt, cause: Cause.Cause<BackendError>): Effect.Effect<void> => {
  if (Cause.hasInterruptsOnly(cause)) return Effect.void
  const error = Cause.squash(cause)
  if (error instanceof BackendError) return Effect.sync(() => attempt.fail(error.fault, error.message))
  attempt.fail("backend_error", bug)
  return Effect.logError("attempt died", cause)
}

const report = ({ end, id }: Attempt, events: DaemonEvents["Service"]): void => {
  if (end?.type === "failed") {
    events.publish({ type: "job_failed", attempt: id, error: end.error, message: end.message })
  }
  if (end?.type !== "done") return
  const { timings, usage } = end
  const seconds = (timings.total_ms - (timings.first_token_ms ?? 0)) / 1000
  const tokensPerSecond = seconds > 0 ? usage.completion_tokens / seconds : 0
  const [tokens, totalMillis] = [usage.completion_tokens, timings.total_ms]
  events.publish({ type: "job_done", attempt: id, tokens, tokensPerSecond, totalMillis })
}
