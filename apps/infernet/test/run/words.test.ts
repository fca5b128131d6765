import { expect } from "bun:test"
import { it } from "@infernet/testing/harness"
import { Effect } from "effect"
import { endedJobs } from "../../src/run/words.ts"

it("tells the jobs that a stop waited for from those that it cut off, and nothing that nobody knows", () =>
  Effect.sync(() => {
    expect(endedJobs({ running: 0, cut: 0 })).toBe("")
    expect(endedJobs({ running: 2, cut: 0 })).toBe(" after 2 jobs")
    expect(endedJobs({ running: 1, cut: 1 })).toBe("; 1 job had not ended")
    expect(endedJobs({ running: 3, cut: 2 })).toBe(" after 1 job; 2 jobs had not ended")
    expect(endedJobs({ running: 3, cut: undefined })).toBe("")
  }))
