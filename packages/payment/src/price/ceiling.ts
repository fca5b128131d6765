/**
 * How many tokens a job may come to: its prompt as long as an honest node may count it, and all that it may say.
 *
 * No tokenizer is asked, as every model has its own. Lower-case letters and spaces count two to a token: English has four
 * to five. Digits, capitals, signs and line breaks count one each, as several tokenizers take them one by one. What is not
 * ASCII counts a token a byte: CJK, Hindi and emoji come to half of that and more where a vocabulary lacks them. A template
 * adds markers around each message, and once a preamble, which is longer where there are tools. A large image is a few
 * thousand tokens.
 *
 * Against OpenAI's tokenizers of 2019, 2023 and 2024: English and code come out at twice their tokens, JSON at 1.2 to 2.2
 * times, base64 at 1.1, Chinese at 1.5 to 5.5, Hindi at up to 9; only random consonants, at 0.6, come out short. What is
 * held over the true count is given back at the job's end; a node that counts more is paid no more than was held.
 */
import type { Message } from "@infernet/contract/Chat"
import type { JobRequest } from "@infernet/contract/JobRequest"

const preamble = 256
const toolPreamble = 256
const ofMessage = 16
const ofImage = 4_096

const isLetterOrSpace = (code: number): boolean => (code >= 0x61 && code <= 0x7a) || code === 0x20

/** A UTF-16 unit's part of the UTF-8 bytes: each half of a pair has two of the four. */
const bytesOf = (code: number): number => (code < 0x800 || (code >= 0xd800 && code <= 0xdfff) ? 2 : 3)

/** Most tokens of a text by itself. */
export const textCeiling = (text: string): number => {
  let halves = 0
  for (let i = 0; i < text.length; i++) {
    const code = text.charCodeAt(i)
    halves += isLetterOrSpace(code) ? 1 : code < 0x80 ? 2 : 2 * bytesOf(code)
  }
  return (halves + 1) >> 1
}

const contentCeiling = (content: Message["content"]): number => {
  if (content === null || content === undefined) return 0
  if (typeof content === "string") return textCeiling(content)
  return content.reduce((sum, part) => sum + (part.type === "text" ? textCeiling(part.text) : ofImage), 0)
}

/** What is told beside the words: a name, calls that a model made, which call this answers. */
const restCeiling = (message: Message): number => {
  if (message.role === "tool") return textCeiling(message.tool_call_id)
  const name = textCeiling(message.name ?? "")
  if (message.role !== "assistant" || message.tool_calls === undefined) return name
  return name + textCeiling(JSON.stringify(message.tool_calls))
}

const jsonCeiling = (value: unknown): number => (value === undefined ? 0 : textCeiling(JSON.stringify(value)))

/** Most tokens that a request gives a model to read. */
export const promptCeiling = (request: JobRequest): number => {
  if ("input" in request) {
    return request.input.reduce((sum, text) => sum + ofMessage + textCeiling(text), 0)
  }
  if ("prompt" in request) return ofMessage + textCeiling(request.prompt)
  const { messages, response_format: format, tools } = request
  const words = messages.reduce((sum, one) => sum + ofMessage + contentCeiling(one.content) + restCeiling(one), 0)
  const called = tools === undefined || tools.length === 0 ? 0 : toolPreamble + jsonCeiling(tools)
  return preamble + words + called + (format === undefined || format.type === "text" ? 0 : jsonCeiling(format))
}

/** Most tokens that it gets back. */
export const outputCeiling = (request: JobRequest): number => ("max_tokens" in request ? request.max_tokens : 0)
