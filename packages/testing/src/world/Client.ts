/** Somebody who submitted a job and reads its stream, on from where it was after a loss, as the public API lets it. */
import { AccountId } from "@infernet/contract/Id"
import type { End, JobLog } from "@infernet/control-plane/job/JobLog"
import type { LiveJob, Submission } from "@infernet/control-plane/job/LiveJob"
import { Effect, Option } from "effect"
import { model } from "../fakes/ScriptedBackends.ts"
import type { Plane } from "./Plane.ts"

export const account = AccountId.make(`acc_${"0".repeat(20)}`)

export const submission = (name: string, pieces: number): Submission => ({
  account,
  apiKey: undefined,
  idempotencyKey: undefined,
  requestHash: name,
  request: { model, messages: [{ role: "user", content: name }], max_tokens: pieces },
  pin: undefined,
  metadata: undefined
})

export class Client {
  readonly name: string
  readonly pieces: number
  readonly id: LiveJob["id"]
  /** All that it was shown, in order. */
  readonly texts: Array<string> = []
  /** Every last event it was shown: there is to be one. */
  readonly ends: Array<End> = []
  /** The stream told it that another answer begins, of which it is given nothing. */
  toldAnew = false
  /** A control plane that began later has never heard of the job. */
  denied = false
  #log: JobLog | undefined
  #asks = false
  /** What it had when it asked for this stream. */
  #after = 0

  constructor(name: string, pieces: number, job: LiveJob) {
    this.name = name
    this.pieces = pieces
    this.id = job.id
    this.#log = job.log
  }

  /** Nothing more is to come. */
  get isAnswered(): boolean {
    return this.ends.length > 0 || this.toldAnew || this.denied
  }

  /** Reads what there is. */
  readonly read = (): void => {
    const log = this.#log
    if (log === undefined || this.toldAnew) return
    if (log.isAnew && this.#after > 0) {
      this.toldAnew = true
      return
    }
    while (this.texts.length < log.readable) this.texts.push(log.at(this.texts.length + 1)?.text ?? "nothing")
    if (log.end !== undefined && !this.ends.includes(log.end)) this.ends.push(log.end)
  }

  /** The control plane is gone, and its streams with it. */
  disconnect(): void {
    this.#log = undefined
    this.#asks = false
  }

  /** Asks for the stream again, where there is one and it has not been read to its end. */
  readonly reconnect = Effect.fnUntraced(function* (this: Client, { jobs }: Plane) {
    if (this.#asks || this.#log !== undefined || this.isAnswered) return
    this.#asks = true
    this.#after = this.texts.length
    const log = yield* Effect.result(jobs.log(account, this.id))
    // Disconnected meanwhile: that answer came of a process that is gone.
    if (!this.#asks) return
    this.#asks = false
    if (log._tag === "Success") this.#log = Option.getOrUndefined(log.success)
    else this.denied = log.failure._tag === "NotFound"
    this.read()
  })
}
