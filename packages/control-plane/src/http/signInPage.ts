/**
 * The page that a one-time link opens: it hands the code, which stands behind the `#`, to this control plane.
 *
 * Plain HTML without anything from elsewhere: it works before anybody is signed in, whatever else is served.
 */
import { Effect } from "effect"
import { HttpRouter, HttpServerResponse } from "effect/http"

const script = `
const say = (title, text) => { document.querySelector("h1").textContent = title; document.querySelector("p").textContent = text }
const code = location.hash.slice(1)
history.replaceState(null, "", location.pathname)
if (code === "") say("Sign in", "Open the link that \`infernet dashboard\` prints: it signs this browser in, once.")
else fetch("/api/v1/session", { method: "POST", headers: { "content-type": "application/json" }, body: JSON.stringify({ code }) })
  .then(async (response) => {
    const answer = await response.json()
    if (response.ok) say("Signed in", "As " + answer.account.name + " (" + answer.account.role + "), until " + new Date(answer.session.expires_at).toLocaleDateString() + ".")
    else say("Not signed in", answer.error_message[0].toUpperCase() + answer.error_message.slice(1) + ".")
  })
  .catch(() => say("Not signed in", "The control plane does not answer: is it running?"))
`

const style = `
:root { color-scheme: light dark; font: 16px/1.5 system-ui, sans-serif }
body { margin: 20vh auto 0; max-width: 32rem; padding: 0 1.5rem }
h1 { font-size: 1.5rem; font-weight: 600; margin: 0 0 .5rem }
`

const hashOf = (text: string) => `'sha256-${Bun.SHA256.hash(text, "base64")}'`

const page = `<!doctype html>
<html lang="en">
<meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="referrer" content="no-referrer">
<title>Infernet: sign in</title>
<style>${style}</style>
<main><h1>Signing in</h1><p>One moment.</p></main>
<script type="module">${script}</script>
</html>
`

const headers = {
  "cache-control": "no-store",
  "content-security-policy":
    `default-src 'none'; script-src ${hashOf(script)}; style-src ${hashOf(style)}; connect-src 'self'; ` +
    "base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
}

export const layer = HttpRouter.add(
  "GET",
  "/sign-in",
  Effect.succeed(HttpServerResponse.text(page, { contentType: "text/html; charset=utf-8", headers }))
)
