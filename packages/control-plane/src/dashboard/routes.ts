/**
 * Serves the dashboard: its files, and its one page under every address that a browser may have of it.
 *
 * Only who asks for a page gets one: a program that mistypes a path of the API is told so, as JSON.
 */
import { Effect, Layer } from "effect"
import { HttpRouter, HttpServerError, HttpServerRequest, HttpServerResponse } from "effect/http"
import { routePath } from "../http/routePath.ts"
import { type File, formFor, read } from "./Files.ts"

/** What the page may load: files of this control plane, and nothing else from anywhere. */
const policy = [
  "default-src 'none'",
  "script-src 'self'",
  "style-src 'self'",
  "img-src 'self' data:",
  "font-src 'self'",
  "connect-src 'self'",
  "base-uri 'none'",
  "form-action 'none'",
  "frame-ancestors 'none'"
].join("; ")

const pageHeaders = {
  "content-security-policy": policy,
  "referrer-policy": "no-referrer",
  "x-content-type-options": "nosniff",
  "permissions-policy": "camera=(), microphone=(), geolocation=()",
  "cross-origin-opener-policy": "same-origin"
}

/** The names of these change with what is in them. */
const isHashed = (path: string) => path.startsWith("/assets/")

const respond = (file: File, path: string, headers: Readonly<Record<string, string | undefined>>) => {
  const [encoding, bytes] = formFor(file, headers["accept-encoding"])
  const common = {
    ...(file.type.startsWith("text/html") ? pageHeaders : { "x-content-type-options": "nosniff" }),
    "cache-control": isHashed(path) ? "public, max-age=31536000, immutable" : "no-cache",
    vary: "accept-encoding",
    etag: file.tag
  }
  if (headers["if-none-match"] === file.tag) return HttpServerResponse.empty({ status: 304, headers: common })
  return HttpServerResponse.uint8Array(bytes, {
    contentType: file.type,
    headers: { ...common, ...(encoding !== "identity" && { "content-encoding": encoding }) }
  })
}

/** Paths that are for programs, whatever they say that they accept. */
const isOfPrograms = (path: string) => /^\/(?:api|v1|docs|openapi\.json|metrics|health|ready)(?:\/|$)/.test(path)

const wantsPage = ({ accept }: Readonly<Record<string, string | undefined>>) => (accept ?? "").includes("text/html")

/** Nothing where the folder holds no dashboard. */
export const layer = (folder: string) =>
  Layer.unwrap(
    Effect.map(read(folder), (files) => {
      const page = files.get("/index.html")
      if (page === undefined) return Layer.empty
      return HttpRouter.add(
        "GET",
        "/*",
        Effect.gen(function* () {
          const request = yield* HttpServerRequest.HttpServerRequest
          const { headers, originalUrl } = request
          const asked = URL.parse(originalUrl, "http://localhost")?.pathname ?? "/"
          const file = files.get(asked)
          if (file !== undefined && asked !== "/index.html") return respond(file, asked, headers)
          if (wantsPage(headers) && !isOfPrograms(routePath(originalUrl))) return respond(page, "/", headers)
          const reason = new HttpServerError.RouteNotFound({ request })
          return yield* new HttpServerError.HttpServerError({ reason })
        })
      )
    })
  )
