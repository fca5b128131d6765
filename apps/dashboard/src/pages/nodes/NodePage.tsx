/** One node, to its operator: its machine, its backends, its models, and what was asked of it. */
import type { Command, OwnNode } from "@infernet/sdk/manage"
import { useParams } from "@solidjs/router"
import { createSignal, For, Show } from "solid-js"
import { createRead } from "../../data/createRead.ts"
import { bytes, count } from "../../data/words.ts"
import { Button } from "../../parts/Button.tsx"
import { Failure } from "../../parts/Failure.tsx"
import { Loading } from "../../parts/Loading.tsx"
import { Meter } from "../../parts/Meter.tsx"
import { Page } from "../../parts/Page.tsx"
import { Stat, Stats } from "../../parts/Stat.tsx"
import { Status } from "../../parts/Status.tsx"
import { type Column, Table } from "../../parts/Table.tsx"
import { Time } from "../../parts/Time.tsx"
import { useSignedIn } from "../../session/SignedIn.tsx"
import { Commands } from "./Commands.tsx"
import { Install } from "./Install.tsx"
import styles from "./NodePage.module.css"
import { tones } from "./tones.ts"

type Offer = OwnNode["models"][number]
type Backend = OwnNode["backends"][number]

const backends: ReadonlyArray<Column<Backend>> = [
  { name: "Backend", cell: ({ kind }) => <strong>{kind}</strong> },
  { name: "Version", cell: ({ version }) => version ?? "–" },
  {
    name: "Health",
    cell: ({ healthy }) => <Status tone={healthy ? "good" : "bad"} word={healthy ? "answers" : "does not answer"} />
  },
  { name: "Running", align: "end", cell: ({ readings }) => count(readings?.running ?? 0) },
  { name: "Waiting", align: "end", cell: ({ readings }) => count(readings?.waiting ?? 0) }
]

/** Why no jobs come, where none do. */
const idleReason = ({ drained, models, status }: OwnNode): string | undefined => {
  if (status === "offline") return "It is offline: no heartbeat came for 90 s. Look at `infernet logs` on the machine."
  if (status === "pending") return "An administrator has not approved it yet."
  if (drained) return "You have drained it: it finishes what it runs and takes nothing new."
  if (models.length === 0) return "It serves no model: install one below, or load one in its inference server."
  return undefined
}

const NodePage = () => {
  const { manage } = useSignedIn()
  const params = useParams<{ readonly id: string }>()
  const [problem, setProblem] = createSignal<unknown>()
  const read = createRead((signal) => manage.nodes.details(params.id, { signal }), 5_000)
  const commands = createRead(async (signal) => (await manage.commands.list(params.id, {}, { signal })).commands, 1_000)
  const doing = async (act: () => Promise<Command>) => {
    setProblem(undefined)
    try {
      await act()
      commands.again()
      read.again()
    } catch (error) {
      setProblem(error)
    }
  }
  const models: ReadonlyArray<Column<Offer>> = [
    { name: "Model", cell: ({ id }) => <strong>{id}</strong> },
    { name: "Backend", cell: ({ backend }) => backend },
    { name: "State", cell: ({ state }) => <Status tone={state === "loaded" ? "good" : "none"} word={state} /> },
    { name: "Size", align: "end", cell: (offer) => (offer.bytes === undefined ? "–" : bytes(offer.bytes)) },
    {
      name: "Remove",
      cell: ({ id }) => (
        <Button
          kind="danger"
          onClick={() => {
            if (confirm(`Remove ${id} from this node? Its files are deleted there.`))
              void doing(() => manage.commands.issue(params.id, { kind: "model_remove", model: id }))
          }}
        >
          Remove<span class="sr-only"> {id}</span>
        </Button>
      )
    }
  ]
  return (
    <Page
      title={read.value()?.name ?? "Node"}
      about={params.id}
      actions={
        <Show when={read.value()}>
          {(node) => (
            <Button
              onClick={() =>
                void doing(() => manage.commands.issue(params.id, { kind: node().drained ? "resume" : "drain" }))
              }
            >
              {node().drained ? "Take jobs again" : "Drain"}
            </Button>
          )}
        </Show>
      }
    >
      <Show when={problem() ?? read.error()}>
        <Failure error={problem() ?? read.error()} retry={read.again} />
      </Show>
      <Show when={read.value()} fallback={<Loading what="the node" />}>
        {(node) => (
          <>
            <p>
              <Status tone={tones[node().status]} word={node().status} /> · version {node().version} · heartbeat{" "}
              <Show when={node().last_heartbeat} fallback="never">
                {(at) => <Time at={at()} />}
              </Show>
            </p>
            <Show when={idleReason(node())}>{(reason) => <p class={styles.idle}>{reason()}</p>}</Show>
            <Stats>
              <Stat
                name="Running"
                value={count(node().in_flight)}
                unit={`of ${count(node().slots)}`}
                definition="Answers that it is giving now, of those that it can give side by side."
              />
              <Stat
                name="Memory free"
                value={node().hardware === null ? "–" : bytes(node().hardware?.memory_free_bytes ?? 0)}
                definition={`Of ${bytes(node().hardware?.memory_total_bytes ?? 0)} of the machine's own.`}
              />
              <Stat name="Models" value={count(node().models.length)} definition="Loaded, or loaded when asked for." />
            </Stats>
            <Show when={(node().hardware?.gpus.length ?? 0) > 0}>
              <section>
                <h2>GPUs</h2>
                <ul class={styles.gpus}>
                  <For each={node().hardware?.gpus}>
                    {(gpu) => (
                      <li>
                        <strong>{gpu.name}</strong>
                        <Meter
                          name="Use"
                          value={gpu.utilization}
                          words={`${Math.round((gpu.utilization ?? 0) * 100)} %`}
                        />
                        <Meter
                          name="Memory"
                          value={
                            gpu.memory_used_bytes === undefined
                              ? undefined
                              : gpu.memory_used_bytes / gpu.memory_total_bytes
                          }
                          words={`${bytes(gpu.memory_used_bytes ?? 0)} of ${bytes(gpu.memory_total_bytes)}`}
                        />
                      </li>
                    )}
                  </For>
                </ul>
              </section>
            </Show>
            <section class={styles.section}>
              <h2>Models</h2>
              <Show when={node().models.length > 0}>
                <Table caption="Models of this node" columns={models} rows={node().models} />
              </Show>
              <Install
                install={(command) =>
                  doing(() => manage.commands.issue(params.id, { kind: "model_install", ...command }))
                }
              />
            </section>
            <section class={styles.section}>
              <h2>Backends</h2>
              <Table caption="Inference servers of this node" columns={backends} rows={node().backends} />
            </section>
            <section class={styles.section}>
              <h2>Commands</h2>
              <Commands
                commands={commands.value() ?? []}
                cancel={(id) => void doing(() => manage.commands.cancel(params.id, id))}
              />
            </section>
          </>
        )}
      </Show>
    </Page>
  )
}

export default NodePage
