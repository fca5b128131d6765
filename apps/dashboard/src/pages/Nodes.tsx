/** Who answers. */
import type { Node } from "@infernet/sdk/manage"
import { Show } from "solid-js"
import { createRead } from "../data/createRead.ts"
import { count } from "../data/words.ts"
import { Empty } from "../parts/Empty.tsx"
import { Failure } from "../parts/Failure.tsx"
import { Loading } from "../parts/Loading.tsx"
import { Page } from "../parts/Page.tsx"
import { Status, type Tone } from "../parts/Status.tsx"
import { type Column, Table } from "../parts/Table.tsx"
import { Time } from "../parts/Time.tsx"
import { useSignedIn } from "../session/SignedIn.tsx"

const tones: Record<Node["status"], Tone> = { online: "good", draining: "info", pending: "warn", offline: "bad" }

const columns: ReadonlyArray<Column<Node>> = [
  { name: "Node", cell: (node) => <strong>{node.name}</strong> },
  { name: "Status", cell: (node) => <Status tone={tones[node.status]} word={node.status} /> },
  {
    name: "Heartbeat",
    cell: (node) => (
      <Show when={node.last_heartbeat} fallback="never">
        {(at) => <Time at={at()} />}
      </Show>
    )
  },
  { name: "Memory", cell: (node) => node.tier },
  { name: "Models", cell: (node) => node.models.join(", ") },
  { name: "Running", align: "end", cell: (node) => `${count(node.in_flight)} of ${count(node.slots)}` },
  { name: "Version", cell: (node) => node.version }
]

const Nodes = () => {
  const { manage } = useSignedIn()
  const read = createRead((signal) => manage.nodes.list({ signal }))
  return (
    <Page title="Nodes" about="Every node of the network, as everybody may see it.">
      <Show when={read.error()}>
        <Failure error={read.error()} retry={read.again} />
      </Show>
      <Show when={read.value()} fallback={<Loading what="nodes" />}>
        {(nodes) => (
          <Show
            when={nodes().length > 0}
            fallback={
              <Empty title="No node has joined yet">
                <p>Whoever runs an inference server can bring it: a link code makes it yours.</p>
              </Empty>
            }
          >
            <Table caption="Nodes" columns={columns} rows={nodes()} />
          </Show>
        )}
      </Show>
    </Page>
  )
}

export default Nodes
