/** One direction of a connection: what goes in comes out later and in order, until it is lost. */
import type { Time } from "./Time.ts"

const nothing = () => undefined

export class Wire {
  /** What has not arrived yet. Each has one wake-up on its way, which delivers whatever is first. */
  #inFlight: Array<() => void> = []
  #arrivesAt = 0
  #silent = false
  readonly #time: Time

  constructor(time: Time) {
    this.#time = time
  }

  get isSilent(): boolean {
    return this.#silent
  }

  send(deliver: () => void): void {
    if (this.#silent) return
    const now = this.#time.now()
    this.#arrivesAt = Math.max(this.#arrivesAt, now + this.#time.delay())
    this.#inFlight.push(deliver)
    this.#time.after(this.#arrivesAt - now, () => this.#inFlight.shift()?.())
  }

  /** Loses what is in flight. */
  lose(): void {
    this.#inFlight = this.#inFlight.map(() => nothing)
  }

  /** Loses whatever is sent from now on, and nobody is told; what is in flight arrives. */
  silence(): void {
    this.#silent = true
  }
}
