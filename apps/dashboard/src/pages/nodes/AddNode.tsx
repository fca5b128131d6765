/** Brings a machine to the account: one command with a code, and a greeting when it is there. */
import type { LinkCode, Node } from "@infernet/sdk/manage"
import { A } from "@solidjs/router"
import { createSignal, Show } from "solid-js"
import { createRead } from "../../data/createRead.ts"
import { Button } from "../../parts/Button.tsx"
import { Command } from "../../parts/Command.tsx"
import { Failure } from "../../parts/Failure.tsx"
import { Page } from "../../parts/Page.tsx"
import { Status } from "../../parts/Status.tsx"
import { Time } from "../../parts/Time.tsx"
import { useSignedIn } from "../../session/SignedIn.tsx"
import styles from "./AddNode.module.css"

const AddNode = () => {
  const { manage } = useSignedIn()
  const [code, setCode] = createSignal<LinkCode>()
  const [problem, setProblem] = createSignal<unknown>()
  const [known, setKnown] = createSignal<ReadonlySet<string>>()
  const nodes = createRead((signal) => manage.nodes.list({ signal }), 2_000)
  const make = async () => {
    setProblem(undefined)
    try {
      setKnown(new Set((await manage.nodes.list()).map(({ id }) => id)))
      setCode(await manage.nodes.linkCode())
    } catch (error) {
      setProblem(error)
    }
  }
  const newcomer = (): Node | undefined => {
    const before = known()
    return before === undefined ? undefined : nodes.value()?.find(({ id }) => !before.has(id))
  }
  return (
    <Page
      title="Add a node"
      about="A node is a machine with an inference server, such as Ollama or vLLM; or with none: it brings one."
    >
      <ol class={styles.steps}>
        <li>
          <h2>Make a link code</h2>
          <p>It is good once, for 15 minutes, and makes the node yours.</p>
          <Button kind="primary" onClick={() => void make()}>
            {code() === undefined ? "Make a link code" : "Make another one"}
          </Button>
          <Show when={problem()}>
            <Failure error={problem()} retry={() => void make()} />
          </Show>
        </li>
        <Show when={code()}>
          {(made) => (
            <li>
              <h2>On the machine, run</h2>
              <Command text={`bunx infernet start --control-plane ${location.origin} --link-code ${made().code}`} />
              <p>
                The code ends <Time at={made().expires_at} />.
              </p>
            </li>
          )}
        </Show>
        <Show when={code()}>
          <li aria-live="polite">
            <Show when={newcomer()} fallback={<p>Waiting for it to come…</p>}>
              {(node) => (
                <>
                  <h2>Welcome, {node().name}</h2>
                  <p>
                    <Status tone={node().status === "pending" ? "warn" : "good"} word={node().status} />
                    {node().status === "pending"
                      ? " It gets jobs once an administrator has approved it."
                      : ` It serves ${node().models.join(", ") || "no model yet"}.`}
                  </p>
                  <A href={`/nodes/${node().id}`}>See the node</A>
                </>
              )}
            </Show>
          </li>
        </Show>
      </ol>
    </Page>
  )
}

export default AddNode
