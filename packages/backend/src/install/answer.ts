/** What a server's answer means for a download: where its bytes go, how many there are in all, or what went wrong. */
import type { InstallError } from "./Install.ts"

export type Answer =
  /** The body is the whole file. */
  | { readonly _tag: "Whole"; readonly total: number | undefined; readonly validator: string | undefined }
  /** The body goes on after what is there. */
  | { readonly _tag: "Rest"; readonly total: number | undefined }
  /** Everything is there already. */
  | { readonly _tag: "Complete" }
  /** What is there belongs to an older file: begin anew. */
  | { readonly _tag: "Changed" }
  | { readonly _tag: "Refused"; readonly reason: InstallError["reason"]; readonly message: string }

const size = (text: string | null | undefined): number | undefined => {
  const bytes = /^\d{1,15}$/.test(text ?? "") ? Number(text) : undefined
  return bytes !== undefined && Number.isSafeInteger(bytes) ? bytes : undefined
}

/** Something that names one version of a file: a strong ETag, else its date. */
export const validatorOf = (headers: Headers): string | undefined => {
  const tag = headers.get("etag")
  if (tag !== null && tag.length <= 256 && /^"[^"]*"$/.test(tag)) return tag
  return headers.get("last-modified")?.slice(0, 64) ?? undefined
}

const no = (reason: InstallError["reason"], message: string): Answer => ({ _tag: "Refused", reason, message })

const refused = (status: number, host: string): Answer => {
  if (status === 404 || status === 410) return no("not_found", `${host} has no such file (${status})`)
  if (status === 401 || status === 403) {
    return no("not_allowed", `${host} refuses the file (${status}): accept its licence there, then set HF_TOKEN`)
  }
  if (status === 408 || status === 429 || status >= 500) return no("unreachable", `${host} answered ${status}`)
  return no("failed", `${host} answered ${status}`)
}

export const read = (
  { headers, status }: Pick<Response, "headers" | "status">,
  host: string,
  have: { readonly bytes: number; readonly validator: string | undefined }
): Answer => {
  const validator = validatorOf(headers)
  if (status === 200) return { _tag: "Whole", total: size(headers.get("content-length")), validator }
  if (status === 206 && have.bytes > 0) {
    const [, start, total] = /^bytes (\d+)-\d+\/(\d+|\*)$/.exec(headers.get("content-range") ?? "") ?? []
    const same = have.validator === undefined || validator === undefined || have.validator === validator
    return same && size(start) === have.bytes ? { _tag: "Rest", total: size(total) } : { _tag: "Changed" }
  }
  if (status === 416 && have.bytes > 0) {
    const [, total] = /^bytes \*\/(\d+)$/.exec(headers.get("content-range") ?? "") ?? []
    return size(total) === have.bytes ? { _tag: "Complete" } : { _tag: "Changed" }
  }
  return refused(status, host)
}
