/** Where in a log the last lines that are wanted begin, the log from there on, and what comes after. */
import { Effect, Option, Schedule, Stream } from "effect"
import { entryOf, isWanted, type Wanted } from "./entry.ts"
import { backwards, Reader } from "./lines.ts"
import { type LogFile, open, openAll } from "./LogFiles.ts"

export interface Asked extends Wanted {
  /** At most so many of the newest. */
  readonly lines: number
}

/** How often a followed file is looked at. */
const everyMillis = 200

interface Place {
  /** Of the files, and from where in it. */
  readonly index: number
  readonly at: number
}

/**
 * The place of the last of the lines that are wanted, going backwards, or of as many as are asked for. Entries older
 * than what is wanted end the search: where the clock was set back it shows a little less, never more.
 */
const startOf = Effect.fnUntraced(function* (files: ReadonlyArray<LogFile>, asked: Asked) {
  const all = files.map(({ file, size }, index) =>
    Stream.map(backwards(file, size), ({ at, text }) => ({ index, at, entry: Option.getOrUndefined(entryOf(text)) }))
  )
  const end: Place = { index: files.length - 1, at: files.at(-1)?.size ?? 0 }
  if (asked.lines === 0) return end
  const wanted = Stream.fromIterable(all.toReversed()).pipe(
    Stream.flatMap((lines) => lines),
    Stream.takeWhile(({ entry }) => entry === undefined || entry.at >= asked.since),
    Stream.filter(({ entry }) => entry !== undefined && isWanted(entry, asked))
  )
  const first = yield* Stream.runLast(Number.isFinite(asked.lines) ? Stream.take(wanted, asked.lines) : wanted)
  return Option.getOrElse(first, () => end)
})

/** All lines of a file from a place on, until what is its end then. */
const rest = (reader: Reader) =>
  Stream.fromEffectRepeat(reader.next).pipe(
    Stream.takeWhile((lines) => lines !== undefined),
    Stream.map((lines) => lines ?? []),
    Stream.flattenIterable
  )

interface Log {
  readonly path: string
  readonly follow: boolean
}

/** What comes into a log after a file of it that has been read: its further lines, then those of the files after it. */
const following = ({ path }: Log, current: LogFile | undefined, reader: Reader | undefined) => {
  let [file, from] = [current, reader]
  const look = Effect.gen(function* () {
    const found: Array<string> = []
    const take = Effect.fnUntraced(function* (reader: Reader) {
      for (let lines = yield* reader.next; lines !== undefined; lines = yield* reader.next) found.push(...lines)
    })
    // Asked before the old file is read: what was written to it until it was renamed is all there then.
    const named = yield* Effect.scoped(Effect.map(open(path), Option.getOrUndefined))
    if (from !== undefined) yield* take(from)
    if (named === undefined || (named.inode === file?.inode && named.size >= (from?.at ?? 0))) return found
    const all = yield* openAll(path)
    const known = all.findIndex(({ inode }) => inode === file?.inode)
    // Emptied by hand rather than renamed, it begins again.
    for (const next of all.slice(known === all.length - 1 ? known : known + 1)) {
      file = next
      from = new Reader(next.file, 0)
      yield* take(from)
    }
    return found
  })
  return Stream.fromEffectSchedule(look, Schedule.spaced(everyMillis)).pipe(Stream.flattenIterable)
}

/** Lines as they lie in the files, those that are wanted, the oldest first; followed, it goes on for ever. */
export const lines = (log: Log, asked: Asked) =>
  Stream.unwrap(
    Effect.gen(function* () {
      const files = yield* openAll(log.path)
      const start = yield* startOf(files, asked)
      const readers = files
        .slice(Math.max(0, start.index))
        .map(({ file }, index) => new Reader(file, index === 0 ? start.at : 0))
      const past = Stream.fromIterable(readers).pipe(Stream.flatMap(rest))
      return log.follow ? Stream.concat(past, following(log, files.at(-1), readers.at(-1))) : past
    })
  ).pipe(
    Stream.filter((line) =>
      Option.match(entryOf(line), { onNone: () => false, onSome: (entry) => isWanted(entry, asked) })
    )
  )
