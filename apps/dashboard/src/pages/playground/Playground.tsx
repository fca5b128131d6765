/** A chat with any model of the network, in the browser. */
import { createEffect, createSignal, on, Show } from "solid-js"
import { createRead } from "../../data/createRead.ts"
import { Button } from "../../parts/Button.tsx"
import { Empty } from "../../parts/Empty.tsx"
import { Failure } from "../../parts/Failure.tsx"
import { Page } from "../../parts/Page.tsx"
import { useSignedIn } from "../../session/SignedIn.tsx"
import { snippets } from "../../snippets/snippets.ts"
import { Snippets } from "../../snippets/Snippets.tsx"
import { Composer } from "./Composer.tsx"
import { requestOf } from "./Conversation.ts"
import { createChat } from "./createChat.ts"
import { ParameterPanel } from "./ParameterPanel.tsx"
import styles from "./Playground.module.css"
import { Turns } from "./Turns.tsx"

const Playground = () => {
  const { infernet, manage } = useSignedIn()
  const models = createRead(async (signal) =>
    (await manage.models({ signal })).filter(({ capabilities }) => capabilities.includes("chat"))
  )
  const chat = createChat(infernet, sessionStorage)
  const [showsCode, setShowsCode] = createSignal(false)

  // The model of before may be gone; the first one that is there takes its place.
  createEffect(
    on(models.value, (found) => {
      const { model } = chat.parameters()
      if (found?.[0] !== undefined && !found.some(({ id }) => id === model)) chat.set({ model: found[0].id })
    })
  )
  const code = () => snippets(requestOf(chat.turns(), chat.parameters()), location.origin)

  return (
    <Page
      title="Playground"
      actions={
        <>
          <Button onClick={() => setShowsCode(!showsCode())} aria-expanded={showsCode()}>
            Show as code
          </Button>
          <Button onClick={chat.retry} disabled={chat.isBusy() || chat.turns().length === 0}>
            Ask again
          </Button>
          <Button onClick={chat.clear} disabled={chat.isBusy() || chat.turns().length === 0}>
            Clear
          </Button>
        </>
      }
    >
      <Show when={models.error()}>
        <Failure error={models.error()} retry={models.again} />
      </Show>
      <Show when={showsCode()}>
        <Snippets name="The conversation as code" snippets={code()} />
      </Show>
      <div class={styles.columns}>
        <div class={styles.chat}>
          <Show
            when={chat.turns().length > 0}
            fallback={
              <Empty title="Nothing was asked yet">
                <p>The conversation stays in this tab: it is there after a reload, and gone when the tab is closed.</p>
              </Empty>
            }
          >
            <Turns turns={chat.turns()} />
          </Show>
          <Composer
            isBusy={chat.isBusy()}
            disabled={models.value()?.length === 0}
            send={chat.send}
            stop={() => void chat.stop()}
          />
        </div>
        <ParameterPanel models={models.value() ?? []} parameters={chat.parameters()} set={chat.set} />
      </div>
    </Page>
  )
}

export default Playground
