/** Our own event stream: numbered frames, so that a reader can go on from any of them. */
import type { End, Entry } from "../job/JobLog.ts"
import { parseLogprobs } from "../job/logprobs.ts"
import { parseToolCallDelta } from "@infernet/contract/ToolCalls"
import { type Dialect, sse } from "./eventStream.ts"

const data = (entry: Entry): string => {
  switch (entry.kind) {
    case "text":
      return `{"text":${JSON.stringify(entry.text)}}`
    case "reasoning":
      return `{"reasoning":${JSON.stringify(entry.text)}}`
    // Checked when it was taken. Written anew, of what is known alone: no line break of a node's ends the frame, and
    // nothing that it nested by the thousand is gone through.
    case "tool_call":
      return `{"tool_call":${JSON.stringify(parseToolCallDelta(entry.text))}}`
    case "logprobs":
      return `{"logprobs":${JSON.stringify(parseLogprobs(entry.text))}}`
    case "embedding":
      return `{"embedding":${JSON.stringify(entry.text)}}`
  }
}

const end = (end: End): string =>
  end._tag === "Completed"
    ? "data: [DONE]\n\n"
    : `data: ${JSON.stringify({ error: end.error, message: end.message })}\n\n`

export const nativeDialect: Dialect = {
  ...sse,
  start: "",
  entry: (entry, seq) => `id: ${seq}\ndata: ${data(entry)}\n\n`,
  end
}
