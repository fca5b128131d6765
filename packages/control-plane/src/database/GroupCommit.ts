/**
 * Many small writes, one statement: whatever arrives while a statement is under way goes into the next one.
 *
 * A commit costs the same for one row as for a hundred, so under load writes get cheaper and never wait for a timer.
 */
import { Cause, Deferred, Effect, Option, Queue } from "effect"

/** More writes wait than the buffer holds. Nothing was written. */
export class BufferFull {
  readonly _tag = "BufferFull"
}

interface Waiting<Row, Out, E> {
  readonly row: Row
  readonly result: Deferred.Deferred<Out, E>
}

export interface GroupCommitOptions<Row, Out, E> {
  /** Writes the rows in one transaction; answers one result a row, in their order. */
  readonly write: (rows: ReadonlyArray<Row>) => Effect.Effect<ReadonlyArray<Out>, E>
  /** Whether a failed group may succeed row by row: true for bad data, false when the database is away. */
  readonly isolate: (error: E) => boolean
  readonly maxRows: number
  readonly maxWaiting: number
}

/** The write of one row, which shares its transaction with the rows around it. */
export const make = Effect.fnUntraced(function* <Row, Out, E>(options: GroupCommitOptions<Row, Out, E>) {
  const queue = yield* Queue.dropping<Waiting<Row, Out, E>>(options.maxWaiting)

  const settle = (group: ReadonlyArray<Waiting<Row, Out, E>>): Effect.Effect<void> =>
    Effect.matchCauseEffect(options.write(group.map(({ row }) => row)), {
      onSuccess: (results) =>
        Effect.forEach(
          group,
          ({ result }, i) =>
            i < results.length
              ? Deferred.succeed(result, results[i] as Out)
              : Deferred.die(result, new Error("a group write answered fewer results than rows")),
          { discard: true }
        ),
      onFailure: (cause) => {
        const error = Cause.findErrorOption(cause)
        const isolate = group.length > 1 && Option.isSome(error) && options.isolate(error.value)
        // One bad row must not fail its neighbours.
        return isolate
          ? Effect.forEach(group, (single) => settle([single]), { discard: true })
          : Effect.forEach(group, ({ result }) => Deferred.failCause(result, cause), { discard: true })
      }
    })

  yield* Queue.takeBetween(queue, 1, options.maxRows).pipe(Effect.flatMap(settle), Effect.forever, Effect.forkScoped)

  return (row: Row): Effect.Effect<Out, E | BufferFull> =>
    Effect.gen(function* () {
      const result = yield* Deferred.make<Out, E>()
      if (!(yield* Queue.offer(queue, { row, result }))) return yield* Effect.fail(new BufferFull())
      return yield* Deferred.await(result)
    })
})
