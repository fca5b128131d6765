/** What a signed-in browser and its pages carry, and what signs them in. */
import { Redacted } from "effect"
import * as Secret from "./Secret.ts"

/** The session's cookie, which its pages cannot read. */
export const cookie = Secret.make("infc_", "session cookie")
/** What acts for the session, for minutes: pages keep it in memory. */
export const token = Secret.make("infs_", "session token")
/** The code of a one-time link. */
export const code = Secret.make("", "sign-in code")
export { hash } from "./Secret.ts"

/** Only who has the cookie can make it, and pages elsewhere can read neither the one nor the other. */
export const csrfToken = (cookie: Redacted.Redacted): string =>
  Secret.hash(Redacted.make(`infernet csrf\n${Redacted.value(cookie)}`))
