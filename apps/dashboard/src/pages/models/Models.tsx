/** What can be asked for now. */
import type { Model } from "@infernet/sdk"
import { A } from "@solidjs/router"
import { Show } from "solid-js"
import { createRead } from "../../data/createRead.ts"
import { briefly, count, duration, perSecond } from "../../data/words.ts"
import { Empty } from "../../parts/Empty.tsx"
import { Failure } from "../../parts/Failure.tsx"
import { Loading } from "../../parts/Loading.tsx"
import { Page } from "../../parts/Page.tsx"
import { type Column, Table } from "../../parts/Table.tsx"
import { useSignedIn } from "../../session/SignedIn.tsx"

const unknown = "–"

const columns: ReadonlyArray<Column<Model>> = [
  { name: "Model", cell: ({ id }) => <A href={`/models/${encodeURIComponent(id)}`}>{id}</A> },
  { name: "Nodes", align: "end", cell: ({ nodes }) => count(nodes) },
  {
    name: "Context",
    align: "end",
    cell: ({ context_length }) =>
      context_length === null ? unknown : <span title={count(context_length)}>{briefly(context_length)}</span>
  },
  {
    name: "Tokens/s",
    align: "end",
    cell: ({ avg_tokens_per_second }) => (avg_tokens_per_second === null ? unknown : perSecond(avg_tokens_per_second))
  },
  {
    name: "First token",
    align: "end",
    cell: ({ ttft_ms_p50 }) => (ttft_ms_p50 === null ? unknown : duration(ttft_ms_p50))
  },
  { name: "Can", cell: ({ capabilities }) => capabilities.join(", ") }
]

const Models = () => {
  const { manage } = useSignedIn()
  const read = createRead((signal) => manage.models({ signal }))
  return (
    <Page title="Models" about="Speeds are means over the last hour; the first token is the median.">
      <Show when={read.error()}>
        <Failure error={read.error()} retry={read.again} />
      </Show>
      <Show when={read.value()} fallback={<Loading what="models" />}>
        {(models) => (
          <Show
            when={models().length > 0}
            fallback={
              <Empty title="No model can be asked for">
                <p>No node that is online serves one. A node offers what its inference server has loaded.</p>
              </Empty>
            }
          >
            <Table caption="Models that can be asked for now" columns={columns} rows={models()} />
          </Show>
        )}
      </Show>
    </Page>
  )
}

export default Models
