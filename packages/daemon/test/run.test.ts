import { expect } from "bun:test"
import type { DaemonEvent } from "@infernet/daemon/DaemonEvents"
import { Attempt } from "@infernet/daemon/job/Attempt"
import { run } from "@infernet/daemon/job/run"
import { it } from "@infernet/testing/harness"
import { Effect, Stream } from "effect"
import { attemptId, jobMessage } from "./world.ts"

it("an attempt that a bug ends before its chat begins is told as failed by a bug, not by a stop of the node", () =>
  Effect.gen(function* () {
    const attempt = new Attempt(attemptId(1), { requestLength: 0 }, () => 0, {})
    const { request } = jobMessage(1)
    if (request === undefined) throw new Error("the message has no request")
    const bug = Effect.die(new Error("a bug"))
    const backends = { snapshot: bug, chat: () => bug, complete: () => bug, embed: () => bug }
    const published: Array<DaemonEvent> = []
    const events = { publish: (event: DaemonEvent) => void published.push(event), stream: Stream.empty }
    yield* run({ asks: [], attempt, request, accept: () => {}, refuse: () => {}, backends, events })
    expect(attempt.end).toMatchObject({ error: "backend_error", message: expect.stringContaining("its log says why") })
    expect(published).toMatchObject([{ type: "job_failed", error: "backend_error" }])
  }))
