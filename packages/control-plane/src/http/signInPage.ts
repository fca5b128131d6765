/**
 * The page that a one-time link opens: it hands the code, which stands behind the `#`, to this control plane.
 *
 * Plain HTML without anything from elsewhere: it works before anybody is signed in, whatever else is served. A browser
 * that is signed in already is asked first: somebody else's link would make it theirs.
 */
import { Effect } from "effect"
import { HttpRouter, HttpServerResponse } from "effect/http"

const script = `
const [title, text, button] = ["h1", "p", "button"].map((name) => document.querySelector(name))
const say = (what, more) => { title.textContent = what; text.textContent = more; button.hidden = true }
const session = (init) => fetch("/api/v1/session", init).then(async (answer) => ({ ok: answer.ok, body: await answer.json() }))
const sentence = (words) => words[0].toUpperCase() + words.slice(1) + "."
const silent = () => say("Not signed in", "The control plane does not answer: is it running?")
const code = location.hash.slice(1)
history.replaceState(null, "", location.pathname)

// To the dashboard, where this control plane has one.
const goOn = () => fetch("/", { headers: { accept: "text/html" } }).then(({ ok }) => ok && location.replace("/"))

const signIn = () => session({ method: "POST", headers: { "content-type": "application/json" }, body: JSON.stringify({ code }) })
  .then(({ ok, body }) => ok
    ? (say("Signed in", "As " + body.account.name + " (" + body.account.role + "), until " + new Date(body.session.expires_at).toLocaleDateString() + "."), goOn())
    : say("Not signed in", sentence(body.error_message)))
  .catch(silent)

if (code === "") say("Sign in", "Open the link that \`infernet dashboard\` prints: it signs this browser in, once.")
else session().then(({ ok, body }) => {
  if (!ok) return signIn()
  say("Sign in anew?", "This browser is signed in as " + body.account.name + ". Go on only if the link is your own.")
  button.hidden = false
  button.onclick = signIn
}).catch(silent)
`

const style = `
:root { color-scheme: light dark; font: 16px/1.5 system-ui, sans-serif }
body { margin: 20vh auto 0; max-width: 32rem; padding: 0 1.5rem }
h1 { font-size: 1.5rem; font-weight: 600; margin: 0 0 .5rem }
button { font: inherit; padding: .5rem 1rem }
`

const hashOf = (text: string) => `'sha256-${Bun.SHA256.hash(text, "base64")}'`

const page = `<!doctype html>
<html lang="en">
<meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="referrer" content="no-referrer">
<title>Infernet: sign in</title>
<style>${style}</style>
<main><h1>Signing in</h1><p>One moment.</p><button hidden>Sign in</button></main>
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
