/** Reads the stream of `/api/generate` for a raw prompt: text as it comes, tags and all. Plain code. */
import type { Completion, Emit } from "../Backend.ts"
import type { Consumer } from "../http/body.ts"
import { stringOf } from "../http/json.ts"
import type { Site } from "../http/Site.ts"
import * as AnswerStream from "./AnswerStream.ts"

export const make = (site: Site, emit: Emit, counted: () => number): Consumer<Completion> =>
  AnswerStream.make(site, emit, counted, (out) => ({
    called: () => false,
    flush: () => undefined,
    read: (object) => {
      const text = stringOf(object["response"])
      if (text !== undefined) out("text", text)
    }
  }))
