/** Browsers that are signed in to the account. */
import type { BrowserSession } from "@infernet/sdk/manage"
import { createSignal, Show } from "solid-js"
import { createRead } from "../data/createRead.ts"
import { Button } from "../parts/Button.tsx"
import { Failure } from "../parts/Failure.tsx"
import { Loading } from "../parts/Loading.tsx"
import { Page } from "../parts/Page.tsx"
import { type Column, Table } from "../parts/Table.tsx"
import { Time } from "../parts/Time.tsx"
import { useSignedIn } from "../session/SignedIn.tsx"

const Sessions = () => {
  const { manage, session } = useSignedIn()
  const read = createRead(async (signal) => (await manage.sessions.list({ signal })).sessions, 15_000)
  const [problem, setProblem] = createSignal<unknown>()
  const end = async (id: string) => {
    setProblem(undefined)
    try {
      if (id !== session.session.id) {
        await manage.sessions.revoke(id)
        return read.again()
      }
      await session.signOut()
      location.assign("/")
    } catch (error) {
      setProblem(error)
    }
  }
  const columns: ReadonlyArray<Column<BrowserSession>> = [
    {
      name: "Browser",
      cell: (row) => (
        <>
          {row.browser === "" ? "told no name" : row.browser}
          <Show when={row.id === session.session.id}>
            {" "}
            <strong>(this one)</strong>
          </Show>
        </>
      )
    },
    { name: "Signed in by", cell: (row) => row.signed_in_by },
    { name: "Since", cell: (row) => <Time at={row.created_at} /> },
    { name: "Last used", cell: (row) => <Time at={row.last_used_at} /> },
    {
      name: "Sign out",
      cell: (row) => (
        <Button kind="danger" onClick={() => void end(row.id)}>
          Sign out
        </Button>
      )
    }
  ]
  return (
    <Page title="Browsers" about={`Signed in as ${session.account.name} (${session.account.role}).`}>
      <Show when={problem() ?? read.error()}>
        <Failure error={problem() ?? read.error()} retry={read.again} />
      </Show>
      <Show when={read.value()} fallback={<Loading what="sessions" />}>
        {(sessions) => <Table caption="Browsers that are signed in" columns={columns} rows={sessions()} />}
      </Show>
    </Page>
  )
}

export default Sessions
