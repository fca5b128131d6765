/** What was asked of the network with this account, newest first. */
import type { Job, JobStatus } from "@infernet/sdk"
import { A, useSearchParams } from "@solidjs/router"
import { createEffect, createSignal, For, on, Show } from "solid-js"
import { createRead } from "../../data/createRead.ts"
import { count, dollars, duration } from "../../data/words.ts"
import { Button } from "../../parts/Button.tsx"
import { Empty } from "../../parts/Empty.tsx"
import { Failure } from "../../parts/Failure.tsx"
import { Loading } from "../../parts/Loading.tsx"
import { Page } from "../../parts/Page.tsx"
import { Status } from "../../parts/Status.tsx"
import { type Column, Table } from "../../parts/Table.tsx"
import { Time } from "../../parts/Time.tsx"
import { useSignedIn } from "../../session/SignedIn.tsx"
import styles from "./Jobs.module.css"
import { tones } from "./tones.ts"

const statuses: ReadonlyArray<JobStatus> = ["pending", "processing", "completed", "failed", "cancelled"]
const perPage = 50
const unknown = "–"

const tokensOf = ({ result, usage }: Job) => result?.usage.completion_tokens ?? usage?.completion_tokens

const columns: ReadonlyArray<Column<Job>> = [
  { name: "Submitted", cell: (job) => <Time at={job.created_at} /> },
  { name: "Job", cell: (job) => <A href={`/jobs/${job.id}`}>{job.id}</A> },
  { name: "Model", cell: (job) => job.model },
  { name: "Status", cell: (job) => <Status tone={tones[job.status]} word={job.status} /> },
  {
    name: "Tokens",
    align: "end",
    cell: (job) => {
      const tokens = tokensOf(job)
      return tokens === undefined ? unknown : count(tokens)
    }
  },
  {
    name: "First token",
    align: "end",
    cell: (job) => (job.ttft_ms === undefined ? unknown : duration(job.ttft_ms))
  },
  { name: "Took", align: "end", cell: (job) => (job.latency_ms === undefined ? unknown : duration(job.latency_ms)) },
  { name: "Cost", align: "end", cell: (job) => (job.cost_micros === 0 ? "free" : dollars(job.cost_micros)) }
]

const Jobs = () => {
  const { infernet } = useSignedIn()
  const [search, setSearch] = useSearchParams<{ readonly status?: string }>()
  const status = () => statuses.find((status) => status === search.status)
  const [older, setOlder] = createSignal<ReadonlyArray<Job>>([])
  const [cursor, setCursor] = createSignal<string | null>()
  const [problem, setProblem] = createSignal<unknown>()
  const query = () => {
    const chosen = status()
    return { limit: perPage, ...(chosen !== undefined && { status: chosen }) }
  }
  const read = createRead((signal) => infernet.jobs.page(query(), { signal }))
  createEffect(
    on(
      status,
      () => {
        setOlder([])
        setCursor(undefined)
        read.again()
      },
      { defer: true }
    )
  )
  const next = () => (cursor() === undefined ? read.value()?.next_cursor : cursor())
  const more = async () => {
    const from = next()
    if (from === null || from === undefined) return
    try {
      const page = await infernet.jobs.page({ ...query(), cursor: from })
      setOlder([...older(), ...page.jobs])
      setCursor(page.next_cursor)
    } catch (error) {
      setProblem(error)
    }
  }
  /** A job that came since is on the first page: what slid off its end is on the ones after it. */
  const rows = () => {
    const first = read.value()?.jobs ?? []
    const seen = new Set(first.map(({ id }) => id))
    return [...first, ...older().filter(({ id }) => !seen.has(id))]
  }
  return (
    <Page title="Jobs" about="What was asked of the network with this account, newest first.">
      <label class={styles.filter}>
        <span>Status</span>
        <select value={status() ?? ""} onChange={({ currentTarget }) => setSearch({ status: currentTarget.value })}>
          <option value="">all</option>
          <For each={statuses}>{(name) => <option value={name}>{name}</option>}</For>
        </select>
      </label>
      <Show when={problem() ?? read.error()}>
        <Failure error={problem() ?? read.error()} retry={read.again} />
      </Show>
      <Show when={read.value()} fallback={<Loading what="jobs" />}>
        <Show
          when={rows().length > 0}
          fallback={
            <Empty title="No job yet">
              <p>
                Ask something in the <A href="/playground">playground</A>, or make an <A href="/keys">API key</A> for a
                program of yours.
              </p>
            </Empty>
          }
        >
          <Table caption="Jobs, newest first" columns={columns} rows={rows()} />
        </Show>
        <Show when={next()}>
          <Button onClick={() => void more()}>Show older ones</Button>
        </Show>
      </Show>
    </Page>
  )
}

export default Jobs
