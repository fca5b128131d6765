/**
 * This home's payouts in a file: what is on its way, so that it is looked for after a crash, and what was paid when.
 *
 * What was paid is the chain's to say; this is for a person to read, and to know what happened when.
 */
import { ChannelId, Address, Hash } from "@infernet/contract/Receipt"
import * as refused from "@infernet/platform/refused"
import { Context, Effect, FileSystem, Layer, Path, Schema, Semaphore } from "effect"
import { isHex } from "viem"
import { BookUnusable } from "./PayoutError.ts"

const count = Schema.Int.check(Schema.isGreaterThanOrEqualTo(0))
const Hex = Schema.declare((value: unknown): value is `0x${string}` => isHex(value))

/** Where it is paid out; others of the same home are left alone. */
const Place = Schema.Struct({ chain_id: count, contract: Address })

const Sent = Schema.Struct({
  from: Address,
  nonce: count,
  hashes: Schema.TupleWithRest(Schema.Tuple([Hash]), [Hash]),
  call: Schema.Struct({ to: Schema.Literals(["escrow", "token"]), data: Hex, what: Schema.String }),
  gas: Schema.BigIntFromString,
  maxFeePerGas: Schema.BigIntFromString,
  maxPriorityFeePerGas: Schema.BigIntFromString,
  raw: Schema.String
})

/** A payout that was signed, and is not known to be done. */
export const Pending = Schema.Struct({ place: Place, sent: Sent, payout: Address })
export type Pending = typeof Pending.Type

/** A payout that was made: sums are micro-USDC, `at` is Unix seconds, `gas_cost` wei. */
export const Done = Schema.Struct({
  place: Place,
  hash: Hash,
  block: Schema.BigIntFromString,
  at: count,
  payout: Address,
  gas_cost: Schema.BigIntFromString,
  channels: Schema.Array(
    Schema.Struct({
      id: ChannelId,
      /** What the channel had paid in all then, the fee included. */
      paid: Schema.BigIntFromString,
      net: Schema.BigIntFromString,
      fee: Schema.BigIntFromString
    })
  )
})
export type Done = typeof Done.Type

export const Content = Schema.Struct({
  version: Schema.Literal(1),
  pending: Schema.Array(Pending).check(Schema.isMaxLength(1_000)),
  /** Oldest first. */
  done: Schema.Array(Done)
})
export type Content = typeof Content.Type

/** Some ten years of daily payouts; older ones are on the chain alone. */
const remembered = 4_000
/** Far more than that takes. */
const largest = 64 * 1024 * 1024

const empty: Content = { version: 1, pending: [], done: [] }
const File = Schema.fromJsonString(Content)

export class Book extends Context.Service<
  Book,
  {
    /** As the file has it now; empty where there is none. */
    readonly read: Effect.Effect<Content, BookUnusable>
    /** On the disk when it is done: of a crash, the book of before or the one after is left. */
    readonly change: (change: (before: Content) => Content) => Effect.Effect<void, BookUnusable>
  }
>()("@infernet/payment/settlement/payout/Book") {
  static readonly layerFile = (path: string) =>
    Layer.effect(
      Book,
      Effect.suspend(() => make(path))
    )
}

const make = Effect.fnUntraced(function* (path: string) {
  const fs = yield* FileSystem.FileSystem
  const folder = (yield* Path.Path).dirname(path)
  const turn = yield* Semaphore.make(1)
  const unusable = (why: string) => new BookUnusable({ path, why })

  const read = Effect.gen(function* () {
    const { size } = yield* fs.stat(path)
    if (size > largest) return yield* unusable(`it is ${size} bytes large`)
    const text = yield* fs.readFileString(path)
    return yield* Effect.mapError(Schema.decodeEffect(File)(text), () => unusable("it is not what was written there"))
  }).pipe(
    Effect.catchReason("PlatformError", "NotFound", () => Effect.succeed(empty)),
    Effect.catchTag("PlatformError", (error) => Effect.fail(unusable(refused.why(error))))
  )

  const write = Effect.fnUntraced(
    function* (content: Content) {
      const text = yield* Effect.orDie(Schema.encodeEffect(File)({ ...content, done: content.done.slice(-remembered) }))
      yield* fs.makeDirectory(folder, { recursive: true, mode: 0o700 })
      const draft = `${path}.new`
      yield* Effect.scoped(
        Effect.gen(function* () {
          const file = yield* fs.open(draft, { flag: "w", mode: 0o600 })
          yield* file.writeAll(new TextEncoder().encode(text))
          yield* file.sync
        })
      )
      yield* fs.rename(draft, path)
    },
    Effect.mapError((error) => unusable(refused.why(error)))
  )

  return Book.of({
    read,
    change: (change) => turn.withPermits(1)(Effect.flatMap(read, (before) => write(change(before))))
  })
})
