/** Makes a program a page of the control plane, in a browser that is signed in: addresses are its own, and so is the cookie. */
const base = process.env["INFERNET_CONTROL_PLANE"] ?? ""
const real = globalThis.fetch
const post = { method: "POST", headers: { authorization: `Bearer ${process.env["INFERNET_BEARER_TOKEN"]}` } }

const link = await real(`${base}/api/v1/sessions/links`, post)
const { code } = (await link.json()) as { code: string }
const signedIn = await real(`${base}/api/v1/session`, {
  method: "POST",
  headers: { origin: base, "content-type": "application/json" },
  body: JSON.stringify({ code })
})
const cookie = signedIn.headers.get("set-cookie")?.split(";")[0] ?? ""

globalThis.fetch = Object.assign(
  (path: string | URL | Request, init: RequestInit = {}) => {
    const headers = new Headers(init.headers)
    headers.set("origin", base)
    headers.set("cookie", cookie)
    return real(new URL(String(path), base), { ...init, headers })
  },
  { preconnect: real.preconnect }
)
