import { describe, expect } from "bun:test"
import { Identity } from "@infernet/auth/Identity"
import { ReplayGuard } from "@infernet/auth/ReplayGuard"
import { RequestVerifier, type RequestToVerify } from "@infernet/auth/RequestVerifier"
import { signRequest } from "@infernet/auth/SignRequest"
import { Verifier } from "@infernet/auth/verifier/Verifier"
import { ControlPlaneId } from "@infernet/contract/Id"
import * as SecureRandom from "@infernet/testing/fakes/SecureRandom"
import { it } from "@infernet/testing/harness"
import { Arbitrary, Context, Effect, Layer, Random, Schema } from "effect"
import { TestClock } from "effect/testing"

/** How often a signature was really checked. */
class Checks extends Context.Service<Checks, { count: number }>()("@infernet/auth/test/Checks") {}

const counted = Layer.effect(
  Verifier,
  Effect.gen(function* () {
    const checks = yield* Checks
    const { name, verify } = yield* Verifier
    return Verifier.of({
      name,
      verify: (...args) => {
        checks.count++
        return verify(...args)
      }
    })
  })
).pipe(Layer.provide(Verifier.layer))

const world = RequestVerifier.layer.pipe(
  Layer.provideMerge(counted),
  Layer.provideMerge(
    Layer.mergeAll(
      ReplayGuard.layerMemory,
      Layer.sync(Checks, () => ({ count: 0 }))
    )
  ),
  Layer.provideMerge(Identity.layerRandom),
  Layer.provideMerge(SecureRandom.layer)
)

type World = Layer.Success<typeof world>
const test = (name: string, body: () => Effect.Effect<void, unknown, World>) =>
  // The header has no form for the first second of 1970, where the test clock starts.
  it(name, () =>
    TestClock.setTime(1_000_000).pipe(
      Effect.andThen(Effect.suspend(body)),
      Effect.provide(world, { local: true }),
      Random.withSeed(name)
    )
  )

/** A genuine request, signed now. */
const genuine = Effect.gen(function* () {
  const identity = yield* Identity
  const controlPlane = ControlPlaneId.make(`0x${"c0".repeat(20)}`)
  const request = { controlPlane, method: "POST", path: "/api/v1/nodes/x?y=1", body: Buffer.from(`{"name":"pit"}`) }
  const header = yield* signRequest(identity, request)
  const publicKey = Effect.succeed(identity.publicKey)
  return { ...request, header, node: identity.id, publicKey } satisfies RequestToVerify<never>
})

const answer = (request: RequestToVerify<never>) =>
  Effect.gen(function* () {
    const { verifyRequest } = yield* RequestVerifier
    return yield* verifyRequest(request).pipe(
      Effect.as("accepted"),
      Effect.catch((error) => Effect.succeed(error.error_message))
    )
  })

describe("a signed request", () => {
  test("is accepted once", () =>
    Effect.gen(function* () {
      const request = yield* genuine
      expect(yield* answer(request)).toBe("accepted")
      expect(yield* answer(request)).toContain("sent before")
    }))

  test("stays used for a second verifier over the same guard, to the last second it is valid", () =>
    Effect.gen(function* () {
      const request = yield* genuine
      expect(yield* answer(request)).toBe("accepted")
      yield* TestClock.adjust("30 seconds")
      const second = Layer.fresh(RequestVerifier.layer)
      expect(yield* answer(request).pipe(Effect.provide(second))).toContain("sent before")
    }))

  test("may be 30 s old or early, not 31, and the refusal tells the server's time", () =>
    Effect.gen(function* () {
      const [first, second] = [yield* genuine, yield* genuine]
      yield* TestClock.setTime(1_030_999)
      expect(yield* answer(first)).toBe("accepted")
      yield* TestClock.setTime(1_031_000)
      expect(yield* answer(second)).toBe(
        "the clock of the sender is off by 31 s, more than 30 s: the server's time is 1970-01-01T00:17:11.000Z, set yours by the network"
      )
      yield* TestClock.setTime(969_000)
      expect(yield* answer(second)).toContain("off by 31 s")
      yield* TestClock.setTime(970_000)
      expect(yield* answer(second)).toBe("accepted")
    }))

  test("by an unknown key costs neither a signature check nor a nonce", () =>
    Effect.gen(function* () {
      const checks = yield* Checks
      const request = yield* genuine
      expect(yield* answer({ ...request, publicKey: Effect.undefined })).toContain("not registered")
      expect(yield* answer({ ...request, header: undefined })).toContain("x-infernet-auth is missing")
      expect(checks.count).toBe(0)
      expect(yield* answer(request)).toBe("accepted")
      expect(checks.count).toBe(1)
    }))

  test("that fails its signature leaves the nonce unused", () =>
    Effect.gen(function* () {
      const request = yield* genuine
      expect(yield* answer({ ...request, path: "/api/v1/nodes/z" })).toContain("signature")
      expect(yield* answer(request)).toBe("accepted")
    }))
})

const flipBit = (text: string, at: number) => {
  const index = at % text.length
  return text.slice(0, index) + String.fromCharCode(text.charCodeAt(index) ^ (1 << (at % 7))) + text.slice(index + 1)
}

const Flip = Schema.Struct({
  where: Schema.Literals(["method", "path", "body", "header", "controlPlane"]),
  at: Schema.Int.check(Schema.isBetween({ minimum: 0, maximum: 100_000 }))
})

const flipped = (request: RequestToVerify<never>, { where, at }: typeof Flip.Type): RequestToVerify<never> => {
  if (where !== "body") return { ...request, [where]: flipBit(String(request[where]), at) }
  const body = Uint8Array.from(request.body)
  body[at % body.length] = (body[at % body.length] ?? 0) ^ (1 << (at % 8))
  return { ...request, body }
}

test("one flipped bit in method, path, body, control plane, signature, nonce or time is refused", () =>
  Effect.gen(function* () {
    const request = yield* genuine
    const refused = (flip: typeof Flip.Type) =>
      Effect.map(answer(flipped(request, flip)), (text) => text !== "accepted")
    const result = yield* Arbitrary.checkEffect(Arbitrary.schema(Flip), refused, { runs: 400, seed: "flip" })
    expect(Arbitrary.formatCheckFailure(result)).toBeUndefined()
    expect(yield* answer(request)).toBe("accepted")
  }))
