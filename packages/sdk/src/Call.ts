/** One call of a user's, however many requests it takes: its end by abort or time-out, and its patience between tries. */
import { InfernetError, TimeoutError } from "./errors.ts"
import type { CallOptions, Settings } from "./options.ts"
import { delay, longestWait } from "./retry.ts"

export class Call {
  readonly #settings: Settings
  readonly #maxRetries: number
  readonly #controller = new AbortController()
  readonly #stop: () => void
  #failures = 0
  #progressed = false

  constructor(
    settings: Settings,
    { maxRetries = settings.maxRetries, signal, timeout = settings.timeout }: CallOptions
  ) {
    this.#settings = settings
    this.#maxRetries = maxRetries
    const leave = () => this.#controller.abort(signal?.reason)
    const stopTimer = settings.time.after(timeout, () => this.#controller.abort(new TimeoutError("timeout", timeout)))
    signal?.addEventListener("abort", leave)
    this.#stop = () => {
      stopTimer()
      signal?.removeEventListener("abort", leave)
    }
    if (signal?.aborted === true) leave()
  }

  /** Aborts with the user's reason, or with a `TimeoutError`. */
  get signal(): AbortSignal {
    return this.#controller.signal
  }

  /** Nothing of the call is left running. */
  end(): void {
    this.#stop()
  }

  /** Something new came: whatever fails next fails for the first time, and is tried again at once. */
  progress(): void {
    this.#failures = 0
    this.#progressed = true
  }

  /** Waits as the rule says until the next try, or throws the error where there is none. */
  async retry(error: unknown): Promise<void> {
    this.signal.throwIfAborted()
    if (!(error instanceof InfernetError)) throw error
    const isWorthIt = error.retryable || (error instanceof TimeoutError && error.limit === "idleTimeout")
    const atOnce = this.#progressed && error.retryAfter === undefined
    this.#progressed = false
    if (!isWorthIt || (error.retryAfter ?? 0) > longestWait) throw error
    if (!atOnce && ++this.#failures > this.#maxRetries) throw error
    const millis = atOnce ? 0 : delay(this.#failures, error.retryAfter, this.#settings.time.random())
    await this.#sleep(millis)
  }

  #sleep(millis: number): Promise<void> {
    const { signal } = this
    return new Promise((resolve, reject) => {
      const leave = () => {
        stop()
        reject(signal.reason)
      }
      const stop = this.#settings.time.after(millis, () => {
        signal.removeEventListener("abort", leave)
        resolve()
      })
      signal.addEventListener("abort", leave, { once: true })
    })
  }

  /** What one of the tries gives, as many as the rule allows. */
  async tries<A>(attempt: () => Promise<A>): Promise<A> {
    for (;;) {
      try {
        return await attempt()
      } catch (error) {
        await this.retry(error)
      }
    }
  }

  /** What the promise gives, unless the call is aborted before. */
  until<A>(promise: Promise<A>): Promise<A> {
    const { signal } = this
    return new Promise((resolve, reject) => {
      const leave = () => reject(signal.reason)
      signal.addEventListener("abort", leave)
      if (signal.aborted) leave()
      promise.then(resolve, reject).finally(() => signal.removeEventListener("abort", leave))
    })
  }
}
