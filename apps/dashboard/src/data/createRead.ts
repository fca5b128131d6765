/** What the control plane says, read again and again while somebody looks at it. */
import { createSignal, onCleanup } from "solid-js"
import { createStore, reconcile } from "solid-js/store"

export interface Read<A> {
  /** What was read last; undefined before anything was. */
  readonly value: () => A | undefined
  /** Why the last reading failed; what was read before it is still there. */
  readonly error: () => unknown
  readonly again: () => void
}

/** Milliseconds to the next try after so many failures in a row: a control plane that is away is not stormed. */
export const delayAfter = (failures: number, every: number): number => Math.min(every * 2 ** failures, 60_000)

/**
 * Reads now, and `every` so many milliseconds from then on; not while the page is hidden, and less often while it fails.
 * Of a list each item stays the same object for as long as it has the same `id`, so that only what changed is drawn anew.
 */
export const createRead = <A extends object>(read: (signal: AbortSignal) => Promise<A>, every = 5_000): Read<A> => {
  const [state, setState] = createStore<{ value: A | undefined }>({ value: undefined })
  const [error, setError] = createSignal<unknown>()
  const controller = new AbortController()
  let timer: ReturnType<typeof setTimeout> | undefined
  let failures = 0
  let isReading = false

  const again = () => {
    clearTimeout(timer)
    if (isReading || controller.signal.aborted) return
    if (document.hidden) return
    isReading = true
    read(controller.signal)
      .then(
        (value) => {
          failures = 0
          setError(undefined)
          setState("value", reconcile<A | undefined, A | undefined>(value, { key: "id", merge: true }))
          return undefined
        },
        (reason: unknown) => {
          if (controller.signal.aborted) return
          failures += 1
          setError(reason)
        }
      )
      .finally(() => {
        isReading = false
        if (!controller.signal.aborted) timer = setTimeout(again, delayAfter(failures, every))
      })
  }
  const seen = () => {
    if (!document.hidden) again()
  }
  document.addEventListener("visibilitychange", seen)
  onCleanup(() => {
    document.removeEventListener("visibilitychange", seen)
    clearTimeout(timer)
    controller.abort()
  })
  again()
  return { value: () => state.value, error, again }
}
