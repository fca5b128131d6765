/**
 * Many small writes, one statement: whatever arrives while a statement is under way goes into the next one.
 *
 * A commit costs the same for one row as for a hundred, so under load writes get cheaper and never wait for a timer.
 */
import { Cause, Deferred, Effect, Exit, Option, Queue } from "effect"

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
  /** How large a row is, and how large the rows of one statement may be together; a larger row goes alone. */
  readonly size: (row: Row) => number
  readonly maxSize: number
}

/** Cuts a list so that no piece is larger than the limit, unless it is a single item. */
const pieces = <A>(items: ReadonlyArray<A>, size: (item: A) => number, limit: number): Array<Array<A>> => {
  const groups: Array<Array<A>> = []
  let room = 0
  for (const item of items) {
    const group = groups.at(-1)
    room -= size(item)
    if (group !== undefined && room >= 0) group.push(item)
    else {
      groups.push([item])
      room = limit - size(item)
    }
  }
  return groups
}

/** The write of one row, which shares its transaction with the rows around it. */
export const make = Effect.fnUntraced(function* <Row, Out, E>(options: GroupCommitOptions<Row, Out, E>) {
  const queue = yield* Queue.dropping<Waiting<Row, Out, E>>(options.maxWaiting)
  const unanswered = new Set<Deferred.Deferred<Out, E>>()

  const answer = ({ result }: Waiting<Row, Out, E>, exit: Exit.Exit<Out, E>) => Deferred.done(result, exit)

  const settle = (group: ReadonlyArray<Waiting<Row, Out, E>>): Effect.Effect<void> =>
    Effect.flatMap(Effect.exit(options.write(group.map(({ row }) => row))), (exit) => {
      if (Exit.isSuccess(exit)) {
        const results = exit.value
        const missing = Exit.die(new Error("a group write answered fewer results than rows"))
        return Effect.forEach(
          group,
          (waiting, i) => answer(waiting, i < results.length ? Exit.succeed(results[i] as Out) : missing),
          { discard: true }
        )
      }
      const error = Cause.findErrorOption(exit.cause)
      const isolate = group.length > 1 && Option.isSome(error) && options.isolate(error.value)
      // One bad row must not fail its neighbours.
      return isolate
        ? Effect.forEach(group, (single) => settle([single]), { discard: true })
        : Effect.forEach(group, (waiting) => answer(waiting, Exit.failCause(exit.cause)), { discard: true })
    })

  yield* Queue.takeBetween(queue, 1, options.maxRows).pipe(
    Effect.flatMap((taken) =>
      Effect.forEach(
        pieces(taken, ({ row }) => options.size(row), options.maxSize),
        settle,
        { discard: true }
      )
    ),
    Effect.forever,
    Effect.forkScoped
  )
  // Nobody writes any more: whoever still waits, or comes now, must not wait for ever.
  yield* Effect.addFinalizer(() =>
    Effect.andThen(Queue.shutdown(queue), Effect.forEach(unanswered, Deferred.interrupt, { discard: true }))
  )

  return (row: Row): Effect.Effect<Out, E | BufferFull> =>
    Effect.gen(function* () {
      const result = Deferred.makeUnsafe<Out, E>()
      if (!Queue.offerUnsafe(queue, { row, result })) return yield* Effect.fail(new BufferFull())
      unanswered.add(result)
      return yield* Effect.ensuring(
        Deferred.await(result),
        Effect.sync(() => unanswered.delete(result))
      )
    })
})
