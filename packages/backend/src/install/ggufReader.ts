/** Walks the bytes of a GGUF header: little-endian, every length checked before it is believed. */

/** The header goes on after the bytes that are there. */
export class Truncated extends Error {
  override readonly name = "Truncated"
}

/** These bytes are no GGUF header, or one that nobody would have written. */
export class NotGguf extends Error {
  override readonly name = "NotGguf"
}

const limits = { string: 1 << 20, array: 1 << 22 }
const utf8 = new TextDecoder()

/** Sizes of the scalar types, by their numbers in the format. */
const sizes: Readonly<Record<number, number>> = { 0: 1, 1: 1, 2: 2, 3: 2, 4: 4, 5: 4, 6: 4, 7: 1, 10: 8, 11: 8, 12: 8 }
const stringType = 8
const arrayType = 9

export interface Reader {
  readonly at: () => number
  readonly u32: () => number
  /** A 64-bit count; more than `limit` is an error. */
  readonly count: (what: string, limit: number) => number
  readonly string: (what: string, limit: number) => string
  /** A value of this type: numbers and strings as they are; anything else is passed over and `undefined`. */
  readonly value: (type: number) => number | string | undefined
}

const size = (type: number): number => {
  const bytes = sizes[type]
  if (bytes === undefined) throw new NotGguf(`unknown type ${type}`)
  return bytes
}

export const reader = (bytes: Uint8Array): Reader => {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  let position = 0

  /** Where the next `length` bytes begin. */
  const take = (length: number): number => {
    const start = position
    if (start + length > bytes.length) throw new Truncated(`${start + length} bytes`)
    position += length
    return start
  }

  const u32 = () => view.getUint32(take(4), true)

  const count = (what: string, limit: number) => {
    const value = view.getBigUint64(take(8), true)
    if (value > BigInt(limit)) throw new NotGguf(`${what}: ${value} is more than ${limit}`)
    return Number(value)
  }

  const string = (what: string, limit: number) => {
    const length = count(what, limit)
    const start = take(length)
    return utf8.decode(bytes.subarray(start, start + length))
  }

  const passArray = () => {
    const type = u32()
    const length = count("array", limits.array)
    if (type !== stringType) return void take(length * size(type))
    for (let index = 0; index < length; index++) take(count("string", limits.string))
  }

  const value = (type: number): number | string | undefined => {
    switch (type) {
      case 4:
        return u32()
      case 5:
        return view.getInt32(take(4), true)
      case 10:
        return Number(view.getBigUint64(take(8), true))
      case stringType:
        return string("string", limits.string)
      case arrayType:
        return passArray()
      default:
        return void take(size(type))
    }
  }

  return { at: () => position, u32, count, string, value }
}
