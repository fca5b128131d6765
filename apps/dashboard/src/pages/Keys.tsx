/** Keys that act for the account: made, shown once, revoked. */
import type { ApiKey, CreatedApiKey } from "@infernet/sdk/manage"
import { createSignal, Show } from "solid-js"
import { createRead } from "../data/createRead.ts"
import { Button } from "../parts/Button.tsx"
import { Command } from "../parts/Command.tsx"
import { Empty } from "../parts/Empty.tsx"
import { Failure } from "../parts/Failure.tsx"
import { Loading } from "../parts/Loading.tsx"
import { Page } from "../parts/Page.tsx"
import { Status } from "../parts/Status.tsx"
import { type Column, Table } from "../parts/Table.tsx"
import { Time } from "../parts/Time.tsx"
import { useSignedIn } from "../session/SignedIn.tsx"
import styles from "./Keys.module.css"

const columnsWith = (revoke: (key: ApiKey) => void): ReadonlyArray<Column<ApiKey>> => [
  { name: "Name", cell: (key) => <strong>{key.name}</strong> },
  { name: "Key", cell: (key) => <code>{key.hint}</code> },
  { name: "For", cell: (key) => key.models?.join(", ") ?? "all models" },
  { name: "Made", cell: (key) => <Time at={key.created_at} /> },
  {
    name: "Last used",
    cell: (key) => (
      <Show when={key.last_used_at} fallback="never">
        {(at) => <Time at={at()} />}
      </Show>
    )
  },
  {
    name: "Status",
    cell: (key) => (
      <Show when={key.revoked_at === null} fallback={<Status tone="none" word="revoked" />}>
        <Button kind="danger" onClick={() => revoke(key)}>
          Revoke<span class="sr-only"> {key.name}</span>
        </Button>
      </Show>
    )
  }
]

const Keys = () => {
  const { manage } = useSignedIn()
  const read = createRead(async (signal) => (await manage.keys.list({ limit: 100 }, { signal })).keys, 15_000)
  const [created, setCreated] = createSignal<CreatedApiKey>()
  const [problem, setProblem] = createSignal<unknown>()

  const doing = async (act: () => Promise<void>) => {
    setProblem(undefined)
    try {
      await act()
      read.again()
    } catch (error) {
      setProblem(error)
    }
  }
  const create = (form: HTMLFormElement) =>
    doing(async () => {
      const name = new FormData(form).get("name")
      setCreated(await manage.keys.create({ name: typeof name === "string" ? name.trim() : "" }))
      form.reset()
    })
  const revoke = (key: ApiKey) => {
    const sure = confirm(`Revoke ${key.name}? Whatever uses it stops working within a second, for good.`)
    if (sure) void doing(async () => void (await manage.keys.revoke(key.id)))
  }
  return (
    <Page title="API keys" about="A key acts for your account. Its secret is shown once, when it is made.">
      <form
        class={styles.form}
        onSubmit={(event) => {
          event.preventDefault()
          void create(event.currentTarget)
        }}
      >
        <label for="name">Name of a new key</label>
        <input id="name" name="name" required maxlength="64" autocomplete="off" placeholder="laptop" />
        <Button kind="primary" type="submit">
          Create a key
        </Button>
      </form>
      <Show when={problem()}>
        <Failure error={problem()} />
      </Show>
      <Show when={created()}>
        {(key) => (
          <section class={styles.created} aria-live="polite">
            <h2>{key().name} is ready</h2>
            <p>Copy it now: it is shown this once.</p>
            <Command text={key().key} label="Copy the key" />
          </section>
        )}
      </Show>
      <Show when={read.error()}>
        <Failure error={read.error()} retry={read.again} />
      </Show>
      <Show when={read.value()} fallback={<Loading what="keys" />}>
        {(keys) => (
          <Show
            when={keys().length > 0}
            fallback={
              <Empty title="There is no key yet">
                <p>A program that asks this network needs one: make it above, and put it where the program reads it.</p>
              </Empty>
            }
          >
            <Table caption="API keys, newest first" columns={columnsWith(revoke)} rows={keys()} />
          </Show>
        )}
      </Show>
    </Page>
  )
}

export default Keys
