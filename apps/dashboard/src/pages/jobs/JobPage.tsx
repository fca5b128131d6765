/** One job: what became of it, step by step. */
import type { Attempt, Job } from "@infernet/sdk"
import { useParams } from "@solidjs/router"
import { createSignal, For, Show } from "solid-js"
import { createRead } from "../../data/createRead.ts"
import { count, dollars, duration, exactly } from "../../data/words.ts"
import { Markdown } from "../../markdown/Markdown.tsx"
import { Button } from "../../parts/Button.tsx"
import { Failure } from "../../parts/Failure.tsx"
import { Loading } from "../../parts/Loading.tsx"
import { Page } from "../../parts/Page.tsx"
import { Stat, Stats } from "../../parts/Stat.tsx"
import { Status } from "../../parts/Status.tsx"
import { useSignedIn } from "../../session/SignedIn.tsx"
import styles from "./JobPage.module.css"
import { tones } from "./tones.ts"

interface Step {
  readonly at: number
  readonly what: string
}

const attemptSteps = ({ finished_at, node_id, outcome, started_at }: Attempt): ReadonlyArray<Step> => {
  const node = node_id.slice(0, 10)
  return [
    { at: Date.parse(started_at), what: `routed to node ${node}` },
    ...(finished_at === undefined || outcome === null
      ? []
      : [{ at: Date.parse(finished_at), what: outcome === "done" ? `answered by ${node}` : `${node}: ${outcome}` }])
  ]
}

/** All that is known of when what happened, in order. */
export const stepsOf = ({
  attempts,
  completed_at,
  created_at,
  error_message,
  status,
  ttft_ms
}: Job): ReadonlyArray<Step> => {
  const created = Date.parse(created_at)
  const steps = [
    { at: created, what: "submitted" },
    ...attempts.flatMap(attemptSteps),
    ...(ttft_ms === undefined ? [] : [{ at: created + ttft_ms, what: "first token" }]),
    ...(completed_at === undefined
      ? []
      : [{ at: Date.parse(completed_at), what: error_message === undefined ? status : `${status}: ${error_message}` }])
  ]
  return steps.sort((a, b) => a.at - b.at)
}

const isOpen = ({ status }: Job) => status === "pending" || status === "processing"

const JobPage = () => {
  const { infernet } = useSignedIn()
  const params = useParams<{ readonly id: string }>()
  const [problem, setProblem] = createSignal<unknown>()
  const read = createRead((signal) => infernet.jobs.get(params.id, { signal }), 2_000)
  const isRunning = () => {
    const job = read.value()
    return job !== undefined && isOpen(job)
  }
  const cancel = async () => {
    setProblem(undefined)
    try {
      await infernet.jobs.cancel(params.id)
      read.again()
    } catch (error) {
      setProblem(error)
    }
  }
  return (
    <Page
      title={params.id}
      actions={
        <Show when={isRunning()}>
          <Button kind="danger" onClick={() => void cancel()}>
            Cancel
          </Button>
        </Show>
      }
    >
      <Show when={problem() ?? read.error()}>
        <Failure error={problem() ?? read.error()} retry={read.again} />
      </Show>
      <Show when={read.value()} fallback={<Loading what="the job" />}>
        {(job) => (
          <>
            <p>
              <Status tone={tones[job().status]} word={job().status} /> · {job().kind} with {job().model}
            </p>
            <Stats>
              <Stat
                name="Tokens written"
                value={count(job().result?.usage.completion_tokens ?? job().usage?.completion_tokens ?? 0)}
                definition="As the node's inference server counted them."
              />
              <Stat
                name="Tokens read"
                value={count(job().result?.usage.prompt_tokens ?? job().usage?.prompt_tokens ?? 0)}
                definition="The prompt with what the model's template adds."
              />
              <Stat
                name="First token"
                value={job().ttft_ms === undefined ? "–" : duration(job().ttft_ms ?? 0)}
                definition="From the submission to the first content."
              />
              <Stat
                name="Cost"
                value={job().cost_micros === 0 ? "free" : dollars(job().cost_micros)}
                definition="What your account paid for it."
              />
            </Stats>
            <section>
              <h2>What happened</h2>
              <ol class={styles.steps}>
                <For each={stepsOf(job())}>
                  {({ at, what }, i) => (
                    <li>
                      <time datetime={new Date(at).toISOString()} title={exactly(at)}>
                        {i() === 0 ? exactly(at) : `+${duration(at - Date.parse(job().created_at))}`}
                      </time>
                      <span>{what}</span>
                    </li>
                  )}
                </For>
              </ol>
            </section>
            <Show when={job().result}>
              {(result) => (
                <section>
                  <h2>Answer</h2>
                  <div class={styles.answer}>
                    <Markdown text={result().content} />
                  </div>
                </section>
              )}
            </Show>
          </>
        )}
      </Show>
    </Page>
  )
}

export default JobPage
