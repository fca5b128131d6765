/** Turns what a server says when it refuses into a fault: who is to blame, and whether another node may help. */
import type { AttemptFault } from "@infernet/contract/Link"
import { sentence as plain } from "@infernet/platform/sentence"
import { BackendError } from "../Backend.ts"
import { isRecord, parse, stringOf } from "./json.ts"
import type { Site } from "./Site.ts"

/** The sentence inside the error bodies that are in use; the forms are recorded in the tests. */
export const sentence = (value: unknown): string | undefined => {
  // Ollama wraps its runner's JSON error into a string; some servers answer a bare JSON string.
  if (typeof value === "string") {
    const inner = value.startsWith("{") ? parse(value) : undefined
    return isRecord(inner) ? sentence(inner) : value
  }
  if (!isRecord(value)) return undefined
  return sentence(value["error"]) ?? stringOf(value["message"]) ?? stringOf(value["detail"])
}

const contextExceeded =
  /exceed_context_size|context_length_exceeded|exceeds? (the |its )?(model'?s? )?(available |maximum |max )?context|maximum context length|context (length|window|size) (exceeded|is)|longer than the (model'?s )?(maximum )?context|prompt is too long|is too large to process|input (is )?too long|max_model_len/i
const unsupported =
  /not[ _]supported|does not support|unsupported|requires? -|not a multimodal model|tool[- ](choice|call)[\w ]* requires|--enable-auto-tool-choice/i
const modelMissing = /model\b.*\b(not found|does not exist|not exist)|no (model|router)|model_not_found|unknown model/i

const fault = (status: number, text: string): AttemptFault => {
  if (status === 429 || status === 503) return "overloaded"
  if (contextExceeded.test(text)) return "context_exceeded"
  if (status === 401 || status === 403) return "backend_error"
  if (status === 404) return modelMissing.test(text) ? "model_not_found" : "backend_error"
  if (status === 501 || unsupported.test(text)) return "unsupported"
  if (status >= 400 && status < 500) return modelMissing.test(text) ? "model_not_found" : "bad_request"
  return "backend_error"
}

const quotedPath = /(["'`])(?:[A-Za-z]:\\|~?\/)[^"'`\n]*\1/g
const barePath =
  /(?:[A-Za-z]:\\|~?\/)(?:(?:[^\s"'`:,]+[\\/])+[^\s"'`:,]*|[^\s"'`:,/]+\.(?:gguf|safetensors|jinja|json|bin|py|so)\b)/g

const address = /\b[a-z][a-z0-9+.-]*:\/\/[^\s"'`]+/gi

/** File paths of the operator's, addresses and terminal codes have no place in a message that a client may see. */
export const withoutPaths = (text: string): string =>
  plain(text)
    .replaceAll(address, "(an address)")
    .replaceAll(quotedPath, "$1(a path)$1")
    .replaceAll(barePath, "(a path)")

/** The error for an HTTP status of 400 or more. */
export const refusal = (site: Site, status: number, text: string): BackendError => {
  const said = sentence(parse(text)) ?? (text.trimStart().startsWith("<") ? undefined : text.trim())
  const told = said === undefined || said === "" ? "" : `: ${withoutPaths(said).slice(0, 500)}`
  if (status === 401 || status === 403) {
    const message = `${site.name} refused the node's own credentials (${status})${told}. Set ${site.apiKeyVariable}.`
    return new BackendError({ fault: "backend_error", message })
  }
  return new BackendError({ fault: fault(status, text), message: `${site.name} answered ${status}${told}` })
}

/** The error for an `error` that came inside an answer of status 200; its own `code` says more, where it is a status. */
export const errorInside = (site: Site, error: unknown): BackendError => {
  const said = sentence(error) ?? "an error without a message"
  const inner = isRecord(error) && isRecord(error["error"]) ? error["error"] : error
  const code = isRecord(inner) && typeof inner["code"] === "number" ? inner["code"] : 500
  return new BackendError({
    fault: fault(code, JSON.stringify(error)),
    message: `${site.name} failed in the middle of its answer: ${withoutPaths(said).slice(0, 500)}`
  })
}
