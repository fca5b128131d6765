/** The lines of an open file from a place on, or from its end backwards, in pieces of bounded size. */
import { Effect, type FileSystem, Option, type PlatformError, Stream } from "effect"

const pieceBytes = 65_536
/** A longer line is no log's: it comes in parts. */
const longestLine = 4_194_304
const newline = 10

export interface Line {
  readonly text: string
  /** Where it begins, in bytes. */
  readonly at: number
}

type Read<A> = Effect.Effect<A, PlatformError.PlatformError>

const decoder = new TextDecoder()

const piece = (file: FileSystem.File, at: number, bytes: number): Read<Uint8Array> =>
  Effect.map(
    file.readAlloc(bytes, { position: BigInt(at) }),
    Option.getOrElse(() => new Uint8Array())
  )

/** Reads what a file has from a place on, again and again, whole lines alone. */
export class Reader {
  readonly #file: FileSystem.File
  #at: number
  #rest = new Uint8Array()

  constructor(file: FileSystem.File, at: number) {
    this.#file = file
    this.#at = at
  }

  /** The next lines, of which there may be none yet; undefined at what is its end now. */
  readonly next: Read<ReadonlyArray<string> | undefined> = Effect.suspend(() =>
    Effect.map(piece(this.#file, this.#at, pieceBytes), (bytes) => (bytes.length === 0 ? undefined : this.#take(bytes)))
  )

  /** Where the next piece is read. */
  get at(): number {
    return this.#at
  }

  #take(bytes: Uint8Array): ReadonlyArray<string> {
    this.#at += bytes.length
    const all = this.#rest.length === 0 ? bytes : Buffer.concat([this.#rest, bytes])
    const end = all.lastIndexOf(newline) + 1
    const taken = end === 0 && all.length > longestLine ? all.length : end
    this.#rest = Uint8Array.from(all.subarray(taken))
    const text = decoder.decode(all.subarray(0, taken))
    return text.split("\n").filter((line) => line !== "")
  }
}

/** From the end of the file to its beginning. */
export const backwards = (file: FileSystem.File, size: number): Stream.Stream<Line, PlatformError.PlatformError> =>
  Stream.paginate({ end: size, rest: new Uint8Array() }, ({ end, rest }) =>
    Effect.gen(function* () {
      const start = Math.max(0, end - pieceBytes)
      const bytes = Buffer.concat([yield* piece(file, start, end - start), rest])
      // What stands before the first line's end may have begun in the piece before.
      const first = start === 0 || bytes.length > longestLine ? 0 : bytes.indexOf(newline) + 1
      const isMiddle = start > 0 && first === 0 && bytes.length <= longestLine
      const lines = isMiddle ? [] : linesOf(bytes.subarray(first), start + first)
      const left = isMiddle ? bytes : bytes.subarray(0, first)
      const more = start === 0 ? Option.none() : Option.some({ end: start, rest: Uint8Array.from(left) })
      return [lines, more] as const
    })
  )

/** The last first. */
const linesOf = (bytes: Uint8Array, at: number): ReadonlyArray<Line> => {
  const lines: Array<Line> = []
  for (let start = 0; start < bytes.length;) {
    const found = bytes.indexOf(newline, start)
    const end = found === -1 ? bytes.length : found
    if (end > start) lines.unshift({ text: decoder.decode(bytes.subarray(start, end)), at: at + start })
    start = end + 1
  }
  return lines
}
