/**
 * Output records of the link: `[attempt u32][seq u32][kind u8][length u32][bytes]`, big-endian, joined in binary frames.
 *
 * Plain synchronous code: this runs once a token.
 */
export const kinds = ["text", "reasoning", "tool_call", "logprobs", "embedding"] as const
/** What a record carries: text as it is, a `ToolCallDelta` or `Logprobs` as JSON, vectors as `Vectors` tells. */
export type RecordKind = (typeof kinds)[number]

export interface LinkRecord {
  /** The number that `job` or `welcome` bound to the attempt on this link. */
  readonly binding: number
  /** 1 for an attempt's first record, then one more each. */
  readonly seq: number
  readonly kind: RecordKind
  readonly text: string
}

/** What a record says, without its place on a link. */
export type Entry = Pick<LinkRecord, "kind" | "text">

export const headerBytes = 13

const encoder = new TextEncoder()
// A byte order mark is a character like any other in the middle of an answer.
const decoder = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true })

/** Joins records into one frame. */
export const encode = (records: ReadonlyArray<LinkRecord>): Uint8Array => {
  const bodies = records.map((record) => encoder.encode(record.text))
  const frame = new Uint8Array(bodies.reduce((sum, body) => sum + headerBytes + body.length, 0))
  const view = new DataView(frame.buffer)
  let offset = 0
  records.forEach((record, i) => {
    const body = bodies[i] as Uint8Array
    view.setUint32(offset, record.binding)
    view.setUint32(offset + 4, record.seq)
    view.setUint8(offset + 8, kinds.indexOf(record.kind))
    view.setUint32(offset + 9, body.length)
    frame.set(body, offset + headerBytes)
    offset += headerBytes + body.length
  })
  return frame
}

/** Splits a frame; a reason in words when it is not a whole number of well-formed records. */
export const decode = (frame: Uint8Array): ReadonlyArray<LinkRecord> | string => {
  const view = new DataView(frame.buffer, frame.byteOffset, frame.byteLength)
  const records: Array<LinkRecord> = []
  let offset = 0
  while (offset < frame.length) {
    if (frame.length - offset < headerBytes) return "record header cut short"
    const kind = kinds[view.getUint8(offset + 8)]
    if (kind === undefined) return `unknown record kind ${view.getUint8(offset + 8)}`
    const end = offset + headerBytes + view.getUint32(offset + 9)
    if (end > frame.length) return "record body cut short"
    let text: string
    try {
      text = decoder.decode(frame.subarray(offset + headerBytes, end))
    } catch {
      return "record body is not UTF-8"
    }
    records.push({ binding: view.getUint32(offset), seq: view.getUint32(offset + 4), kind, text })
    offset = end
  }
  return records
}
