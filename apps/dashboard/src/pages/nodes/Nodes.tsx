/** Who answers. */
import type { Node } from "@infernet/sdk/manage"
import { A } from "@solidjs/router"
import { Show } from "solid-js"
import { createRead } from "../../data/createRead.ts"
import { count } from "../../data/words.ts"
import { Empty } from "../../parts/Empty.tsx"
import { Failure } from "../../parts/Failure.tsx"
import { Loading } from "../../parts/Loading.tsx"
import { Page } from "../../parts/Page.tsx"
import { Status } from "../../parts/Status.tsx"
import { type Column, Table } from "../../parts/Table.tsx"
import { Time } from "../../parts/Time.tsx"
import { useSignedIn } from "../../session/SignedIn.tsx"
import { tones } from "./tones.ts"

const columns: ReadonlyArray<Column<Node>> = [
  { name: "Node", cell: (node) => <A href={`/nodes/${node.id}`}>{node.name}</A> },
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
    <Page
      title="Nodes"
      about="Every node of the network, as everybody may see it."
      actions={<A href="/nodes/add">Add a node</A>}
    >
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
