/** Headers that somebody on a request's way wants on its answer, whatever becomes of it: the answer, an error, a stream. */
import { Context } from "effect"

export class ResponseHeaders {
  #headers: () => Record<string, string> = () => ({})

  /** Asked for when the answer is written. A later one takes an earlier one's place. */
  set(headers: () => Record<string, string>): void {
    this.#headers = headers
  }

  get(): Record<string, string> {
    return this.#headers()
  }
}

/** Those of the request under way. */
export const Current = Context.Reference<ResponseHeaders>("@infernet/control-plane/http/ResponseHeaders", {
  defaultValue: () => new ResponseHeaders()
})
