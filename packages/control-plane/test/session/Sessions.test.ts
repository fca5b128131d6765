import { describe, expect } from "bun:test"
import { AccountId } from "@infernet/contract/Id"
import { Sessions, sessionsLimit, tokensLimit } from "@infernet/control-plane/session/Sessions"
import { it } from "@infernet/testing/harness"
import * as TestDatabase from "@infernet/testing/TestDatabase"
import { Clock, Context, Duration, Effect, Layer } from "effect"
import { SecureRandom } from "effect/crypto"
import { SqlClient } from "effect/sql"

const account = AccountId.make("acc_0000000000000000000a")

/** Two replicas on one database, and a clock that stands still until it is moved. */
const replicas = Effect.gen(function* () {
  const database = yield* Layer.build(Layer.fresh(TestDatabase.layer))
  const sql = Context.get(database, SqlClient.SqlClient)
  yield* sql`insert into account (id, name, role, created_at) values (${account}, 'Ada', 'client', now())`
  const real = yield* Clock.Clock
  let now = Date.UTC(2026, 10, 22)
  const clock: Clock.Clock = Object.assign(Object.create(real), {
    currentTimeMillisUnsafe: () => now,
    currentTimeMillis: Effect.sync(() => now)
  })
  const replica = Layer.build(
    Layer.fresh(Sessions.layer).pipe(Layer.provide([Layer.succeedContext(database), SecureRandom.layerWebCrypto]))
  ).pipe(
    Effect.provideService(Clock.Clock, clock),
    Effect.map((context) => Context.get(context, Sessions))
  )
  const at = Effect.provideService(Clock.Clock, clock)
  const pass = (time: Duration.Input) => void (now += Duration.toMillis(Duration.fromInputUnsafe(time)))
  return { here: yield* replica, there: yield* replica, at, pass }
})

describe("a session", () => {
  it.live("ends unused after 7 days, used after 30", () =>
    Effect.gen(function* () {
      const { at, here, pass } = yield* replicas
      const idle = yield* at(here.begin(account, "link", ""))
      const used = yield* at(here.begin(account, "link", ""))
      pass("6 days")
      yield* at(here.issueToken(used.session))
      pass("1 day")
      expect((yield* at(Effect.flip(here.find(idle.cookie))))._tag).toBe("Unauthorized")
      expect((yield* at(here.list(account))).map(({ id }) => id)).toEqual([used.session.id])
      for (let day = 7; day < 30; day++) {
        yield* at(here.issueToken(yield* at(here.find(used.cookie))))
        pass("1 day")
      }
      expect((yield* at(Effect.flip(here.find(used.cookie))))._tag).toBe("Unauthorized")
    })
  )

  it.live("takes its tokens with it at another replica within a second", () =>
    Effect.gen(function* () {
      const { at, here, pass, there } = yield* replicas
      const { session } = yield* at(here.begin(account, "link", ""))
      const { token } = yield* at(here.issueToken(session))
      expect(yield* at(there.authenticate(token))).toBe(account)
      yield* at(here.end(account, session.id))
      expect((yield* at(Effect.flip(here.authenticate(token))))._tag).toBe("Unauthorized")
      pass("1 second")
      expect((yield* at(Effect.flip(there.authenticate(token))))._tag).toBe("Unauthorized")
    })
  )

  it.live("gives tokens that end after 15 minutes, to the millisecond", () =>
    Effect.gen(function* () {
      const { at, here, pass } = yield* replicas
      const { session } = yield* at(here.begin(account, "link", ""))
      const { token } = yield* at(here.issueToken(session))
      pass(15 * 60_000 - 1)
      expect(yield* at(here.authenticate(token))).toBe(account)
      pass(1)
      expect((yield* at(Effect.flip(here.authenticate(token))))._tag).toBe("Unauthorized")
    })
  )

  it.live("is one of a hundred of its account, and gives so many tokens and no more", () =>
    Effect.gen(function* () {
      const { at, here, pass } = yield* replicas
      const { cookie, session } = yield* at(here.begin(account, "link", ""))
      for (let token = 0; token < tokensLimit; token++) yield* at(here.issueToken(session))
      expect((yield* at(Effect.flip(here.issueToken(session))))._tag).toBe("RateLimited")
      for (let others = 1; others < sessionsLimit; others++) {
        pass(1)
        yield* at(here.begin(account, "link", ""))
      }
      expect((yield* at(here.find(cookie))).id).toBe(session.id)
      pass(1)
      yield* at(here.begin(account, "link", ""))
      expect((yield* at(Effect.flip(here.find(cookie))))._tag).toBe("Unauthorized")
      expect(yield* at(here.list(account))).toHaveLength(sessionsLimit)
    })
  )

  it.live("goes on at an address where others guess: only a token that was never seen counts as one", () =>
    Effect.gen(function* () {
      const { at, here, pass } = yield* replicas
      const { session } = yield* at(here.begin(account, "link", ""))
      const { token } = yield* at(here.issueToken(session))
      expect(yield* at(Effect.flip(here.authenticate(token, Effect.fail("too many guesses"))))).toBe("too many guesses")
      yield* at(here.authenticate(token))
      pass("2 seconds")
      expect(yield* at(here.authenticate(token, Effect.fail("too many guesses")))).toBe(account)
    })
  )
})
