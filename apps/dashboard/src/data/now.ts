/** The time, for everything that tells how long ago something was: one clock, which ticks once a second. */
import { createRoot, createSignal } from "solid-js"

export const now = createRoot(() => {
  const [time, setTime] = createSignal(Date.now())
  setInterval(() => {
    if (!document.hidden) setTime(Date.now())
  }, 1_000)
  return time
})
