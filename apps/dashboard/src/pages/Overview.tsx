/** The network at a glance. */
import { A } from "@solidjs/router"
import { Show } from "solid-js"
import { createRead } from "../data/createRead.ts"
import { count } from "../data/words.ts"
import { Command } from "../parts/Command.tsx"
import { Empty } from "../parts/Empty.tsx"
import { Failure } from "../parts/Failure.tsx"
import { Loading } from "../parts/Loading.tsx"
import { Page } from "../parts/Page.tsx"
import { Stat, Stats } from "../parts/Stat.tsx"
import { useSignedIn } from "../session/SignedIn.tsx"

const Overview = () => {
  const { manage } = useSignedIn()
  const read = createRead(async (signal) => {
    const [nodes, models] = await Promise.all([manage.nodes.list({ signal }), manage.models({ signal })])
    return { nodes, models }
  })
  return (
    <Page title="Overview" about="The network as it is now.">
      <Show when={read.error()}>
        <Failure error={read.error()} retry={read.again} />
      </Show>
      <Show when={read.value()} fallback={<Loading what="the network" />}>
        {(network) => (
          <>
            <Stats>
              <Stat
                name="Nodes online"
                value={count(network().nodes.filter(({ status }) => status === "online").length)}
                unit={`of ${count(network().nodes.length)}`}
                definition="Nodes with an open link or a heartbeat in the last 90 s, of all that are registered."
              />
              <Stat
                name="Models"
                value={count(network().models.length)}
                definition="Models that at least one node serves now."
              />
              <Stat
                name="Jobs running"
                value={count(network().nodes.reduce((sum, node) => sum + node.in_flight, 0))}
                definition="Answers that nodes are giving at this moment."
              />
              <Stat
                name="Places"
                value={count(
                  network().nodes.reduce((sum, node) => sum + (node.status === "online" ? node.slots : 0), 0)
                )}
                definition="Chats that the nodes online can give side by side."
              />
            </Stats>
            <Show when={network().nodes.length === 0}>
              <Empty title="No node has joined yet">
                <p>A node is a machine with an inference server. On that machine, with a link code of yours:</p>
                <Command text={`bunx infernet start --control-plane ${location.origin} --link-code …`} />
                <A href="/nodes">Add a node</A>
              </Empty>
            </Show>
          </>
        )}
      </Show>
    </Page>
  )
}

export default Overview
