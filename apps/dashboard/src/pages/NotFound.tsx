/** There is no such page. */
import { A } from "@solidjs/router"
import { Page } from "../parts/Page.tsx"

export const NotFound = () => (
  <Page title="There is no such page">
    <p>
      The address may be old or mistyped. <A href="/">Go to the overview</A>
    </p>
  </Page>
)
