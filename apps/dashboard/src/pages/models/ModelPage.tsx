/** One model: what it can do, how fast it is here, and how to ask it. */
import { useParams } from "@solidjs/router"
import { Show } from "solid-js"
import { createRead } from "../../data/createRead.ts"
import { count, duration, perSecond } from "../../data/words.ts"
import { Empty } from "../../parts/Empty.tsx"
import { Failure } from "../../parts/Failure.tsx"
import { Loading } from "../../parts/Loading.tsx"
import { Page } from "../../parts/Page.tsx"
import { Stat, Stats } from "../../parts/Stat.tsx"
import { useSignedIn } from "../../session/SignedIn.tsx"
import { snippets } from "../../snippets/snippets.ts"
import { Snippets } from "../../snippets/Snippets.tsx"

const unknown = "–"

const ModelPage = () => {
  const { manage } = useSignedIn()
  const params = useParams<{ readonly id: string }>()
  const id = () => decodeURIComponent(params.id)
  const read = createRead((signal) => manage.models({ signal }))
  const model = () => read.value()?.find((model) => model.id === id())
  const example = () =>
    snippets({ model: id(), messages: [{ role: "user", content: "What is the capital of France?" }] }, location.origin)
  return (
    <Page title={id()} about={model()?.aliases.join(", ") ?? ""}>
      <Show when={read.error()}>
        <Failure error={read.error()} retry={read.again} />
      </Show>
      <Show when={read.value()} fallback={<Loading what="the model" />}>
        <Show
          when={model()}
          fallback={
            <Empty title="No node that is online serves it">
              <p>It may come back: this page looks every few seconds.</p>
            </Empty>
          }
        >
          {(found) => (
            <>
              <Stats>
                <Stat name="Nodes" value={count(found().nodes)} definition="Online now, and serving it." />
                <Stat
                  name="Speed"
                  value={
                    found().avg_tokens_per_second === null ? unknown : perSecond(found().avg_tokens_per_second ?? 0)
                  }
                  unit="tokens/s"
                  definition="Mean of one answer's tokens over its time, over the last hour."
                />
                <Stat
                  name="First token"
                  value={found().ttft_ms_p50 === null ? unknown : duration(found().ttft_ms_p50 ?? 0)}
                  definition="Median from the submission to the first content, over the last hour."
                />
                <Stat
                  name="Context"
                  value={found().context_length === null ? unknown : count(found().context_length ?? 0)}
                  unit="tokens"
                  definition="The longest prompt and answer together, at the node that can most."
                />
              </Stats>
              <p>Can: {found().capabilities.join(", ")}.</p>
              <Show when={found().quantizations.length > 0}>
                <p>To be had in: {found().quantizations.join(", ")}.</p>
              </Show>
              <h2>Ask it</h2>
              <Snippets name={`Code that asks ${id()}`} snippets={example()} />
            </>
          )}
        </Show>
      </Show>
    </Page>
  )
}

export default ModelPage
