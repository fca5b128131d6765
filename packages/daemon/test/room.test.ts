import { describe, expect } from "bun:test"
import { DaemonEvents } from "@infernet/daemon/DaemonEvents"
import type { JobEnvelope } from "@infernet/daemon/link/frames"
import { Intake } from "@infernet/daemon/job/Intake"
import { Jobs } from "@infernet/daemon/job/Jobs"
import { noRoom } from "@infernet/daemon/job/room"
import { LinkWriter } from "@infernet/daemon/link/LinkWriter"
import { Vouchers } from "@infernet/daemon/receipt/Vouchers"
import * as ScriptedBackends from "@infernet/testing/fakes/ScriptedBackends"
import { it } from "@infernet/testing/harness"
import { Effect, Layer } from "effect"
import { attemptId, jobMessage, unpaid } from "./world.ts"

const holding = (count: number, bytes: number) => new Map(Array.from({ length: count }, (_, i) => [i, { bytes }]))

describe("a node has no room for another attempt", () => {
  it("beside 256 others, those that are coming included", () =>
    Effect.sync(() => {
      expect(noRoom(holding(200, 0), 55)).toBeUndefined()
      expect(noRoom(holding(200, 0), 56)).toMatchObject({ error: "overloaded" })
    }))

  it("while it keeps 256 MiB of output that nobody has acknowledged", () =>
    Effect.sync(() => {
      expect(noRoom(holding(63, 4 << 20), 0)).toBeUndefined()
      expect(noRoom(holding(64, 4 << 20), 0)).toMatchObject({ reason: expect.stringContaining("acknowledged") })
    }))

  it("when its request and those being answered pass 128 Mi characters together", () =>
    Effect.gen(function* () {
      const said: Array<unknown> = []
      const socket = {
        sendText: (text: string) => said.push(...JSON.parse(text)),
        sendBinary: () => {},
        close: () => {}
      }
      const begun: Array<number> = []
      const jobs = yield* Jobs
      const counting = {
        ...jobs,
        requestLength: () => (128 << 20) - 1000,
        begin: (dispatch: { readonly requestLength: number }) => void begun.push(dispatch.requestLength)
      }
      const intake = new Intake(counting, yield* Vouchers, new LinkWriter(socket, () => {}))
      const { request, ...rest } = jobMessage(1)
      const job: JobEnvelope = { ...rest, request_parts: 1 }
      const text = JSON.stringify(request)
      intake.job(job)
      intake.part({ type: "part", attempt: attemptId(1), index: 0, text: text.padEnd(1000) })
      expect(begun).toEqual([1000])
      intake.job(job)
      intake.part({ type: "part", attempt: attemptId(1), index: 0, text: text.padEnd(1001) })
      expect(begun).toEqual([1000])
      expect(said.at(-1)).toMatchObject({ type: "failed", error: "overloaded" })
    }).pipe(
      Effect.provide(
        Jobs.layer.pipe(
          Layer.provide([DaemonEvents.layer, ScriptedBackends.layer({ chat: () => Effect.never })]),
          Layer.merge(unpaid)
        ),
        { local: true }
      )
    ))
})
