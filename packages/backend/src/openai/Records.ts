/** Records on their way out: well-formed text only, pieces counted, the consumer's "no more for now" kept. */
import type { RecordKind } from "@infernet/contract/LinkRecord"
import type { BackendError, Emit } from "../Backend.ts"

const endsInHalf = (text: string): boolean => {
  const last = text.charCodeAt(text.length - 1)
  return last >= 0xd800 && last <= 0xdbff
}

/** Plain code: runs once a token. */
export class Records {
  /** Pieces of output, about one a token; what is said of a token is none of its own. */
  pieces = 0
  #backlog: Promise<void> | undefined
  /** The first half of a character whose second comes with the next piece: JSON may cut it there. */
  #half = ""
  #halfKind: RecordKind = "text"
  readonly #emit: Emit
  readonly #fail: (message: string) => BackendError

  constructor(emit: Emit, fail: (message: string) => BackendError) {
    this.#emit = emit
    this.#fail = fail
  }

  add(kind: RecordKind, piece: string): void {
    if (kind === "logprobs") return this.#send(kind, piece)
    this.pieces += 1
    if (this.#half !== "" && kind !== this.#halfKind) throw this.#broken()
    const whole = this.#half + piece
    this.#half = endsInHalf(whole) ? whole.slice(-1) : ""
    this.#halfKind = kind
    const text = this.#half === "" ? whole : whole.slice(0, -1)
    if (!text.isWellFormed()) throw this.#broken()
    if (text !== "") this.#send(kind, text)
  }

  /** What to wait for before more is read. */
  settled(): Promise<void> | undefined {
    const wait = this.#backlog
    this.#backlog = undefined
    return wait
  }

  end(): void {
    if (this.#half !== "") throw this.#broken()
  }

  #send(kind: RecordKind, text: string): void {
    const wait = this.#emit(kind, text)
    if (wait === undefined) return
    const before = this.#backlog
    this.#backlog = before === undefined ? wait : before.then(() => wait)
  }

  #broken(): BackendError {
    return this.#fail("sent half a character: its text cannot be UTF-8")
  }
}
