/** How a job is, as a tone. */
import type { JobStatus } from "@infernet/sdk"
import type { Tone } from "../../parts/Status.tsx"

export const tones: Record<JobStatus, Tone> = {
  pending: "none",
  processing: "info",
  completed: "good",
  failed: "bad",
  cancelled: "none"
}
