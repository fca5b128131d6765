/** What an open link needs besides its messages: pings, an ear for silence, and frames that leave on time. */
import { close, limits } from "@infernet/contract/Link"
import { Effect, type Latch } from "effect"
import type { Session } from "./Session.ts"

const ping = (session: Session) =>
  Effect.sync(() => session.send({ type: "ping" })).pipe(Effect.delay(limits.pingMillis), Effect.forever)

/** Closes the link, without waiting for a peer that may be gone, once nothing came from it for too long. */
const listen = (session: Session, now: () => number) =>
  Effect.gen(function* () {
    while (session.writer.open) {
      const left = session.heardAt + limits.silenceMillis - now()
      if (left <= 0) return session.writer.close(close.silent, `silent for ${limits.silenceMillis / 1000} s`, true)
      yield* Effect.sleep(left)
    }
  })

/** One wait for the records of all attempts: what comes while it runs goes in the same frame. */
const join = (session: Session, bell: Latch.Latch) =>
  Effect.gen(function* () {
    yield* bell.await
    yield* Effect.sleep(limits.recordJoinMillis)
    bell.closeUnsafe()
    session.writer.flush()
  }).pipe(Effect.forever)

/** Runs until it is interrupted; the link's end is for the transport to tell. */
export const tend = (session: Session, bell: Latch.Latch, now: () => number): Effect.Effect<never> =>
  Effect.all([ping(session), listen(session, now), join(session, bell)], { concurrency: "unbounded" }).pipe(
    Effect.andThen(Effect.never)
  )
