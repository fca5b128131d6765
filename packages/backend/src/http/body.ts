/** Reading answers piece by piece: bounded, strict about UTF-8, never ahead of the consumer. Plain code: runs once a token. */
import { BackendError } from "../Backend.ts"
import type { Site } from "./Site.ts"

/** The longest line or event a server may send before it counts as broken. */
export const lineLimit = 1 << 20

/** Something that eats decoded text and knows when it has the whole answer. */
export interface Consumer<A> {
  /** May throw `BackendError`; a returned promise is awaited before more is read. */
  readonly feed: (text: string) => Promise<void> | undefined
  readonly complete: () => boolean
  /** The result after the last byte; throws `BackendError` when something is missing. */
  readonly end: () => A
}

const decode = (site: Site, utf8: TextDecoder, bytes?: Uint8Array): string => {
  try {
    return bytes === undefined ? utf8.decode() : utf8.decode(bytes, { stream: true })
  } catch {
    throw new BackendError({ fault: "backend_error", message: `${site.name} sent text that is not UTF-8` })
  }
}

/** Signs of life of an answer that is being read: whoever watches over it looks at them. */
export interface Pulse {
  /** Pieces that have arrived. */
  beats: number
  /** Whether it is we who keep the server waiting. */
  held: boolean
}

/** Feeds a body to a consumer until the body ends or the consumer has all it wants. */
export const consume = async <A>(site: Site, response: Response, consumer: Consumer<A>, pulse?: Pulse): Promise<A> => {
  if (response.body === null) return consumer.end()
  const reader = response.body.getReader()
  const utf8 = new TextDecoder("utf-8", { fatal: true })
  try {
    while (!consumer.complete()) {
      const { done, value } = await reader.read()
      if (pulse !== undefined) pulse.beats += 1
      const wait = consumer.feed(decode(site, utf8, value))
      if (wait !== undefined) await held(wait, pulse)
      if (done) break
    }
    return consumer.end()
  } finally {
    // Closes the connection where we stopped early. Where the read itself failed, this repeats that failure: known already.
    reader.cancel().catch(() => undefined)
  }
}

const held = async (wait: Promise<void>, pulse: Pulse | undefined) => {
  if (pulse === undefined) return wait
  pulse.held = true
  await wait
  pulse.held = false
}

/** A whole body as text; throws when it is over the limit. */
export const boundedText = (site: Site, response: Response, limit: number): Promise<string> => {
  let text = ""
  return consume(site, response, {
    feed: (piece) => {
      text += piece
      if (text.length > limit) {
        throw new BackendError({
          fault: "backend_error",
          message: `${site.name} answered with more than ${limit} bytes`
        })
      }
      return undefined
    },
    complete: () => false,
    end: () => text
  })
}
