/** Tells the server that a body which writes itself ends: only from then on may its connection count as idle. */
const listeners = new WeakMap<Response, () => void>()

/** Says that the response's body writes itself; the function it gives is to be called just before the body's end. */
export const announce = (response: Response): (() => void) => {
  listeners.set(response, () => undefined)
  return () => listeners.get(response)?.()
}

/** Calls the listener just before the body's end; false when this response has announced none. */
export const listen = (response: Response, listener: () => void): boolean => {
  if (!listeners.has(response)) return false
  listeners.set(response, listener)
  return true
}
