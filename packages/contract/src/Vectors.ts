/**
 * Vectors as the text of `embedding` records: float32, little-endian, as base64.
 *
 * All vectors of an attempt stand one after the other and are cut into records wherever one is full, so that a record
 * may hold many short vectors or a part of a long one. How many there are, the request says; the rest is division.
 */

/** Of one record: 48 KiB, which are 64 KiB as base64. A multiple of three, so that only the last record is padded. */
const recordFloats = 12_288
const floatBytes = Float32Array.BYTES_PER_ELEMENT

/** Records of vectors that are all of one length. */
export const encode = (embeddings: ReadonlyArray<ReadonlyArray<number>>): ReadonlyArray<string> => {
  const dimensions = embeddings[0]?.length ?? 0
  // As the machine orders bytes, which every machine that this runs on does little end first.
  const floats = new Float32Array(embeddings.length * dimensions)
  for (const [i, vector] of embeddings.entries()) floats.set(vector, i * dimensions)
  const records: Array<string> = []
  for (let start = 0; start < floats.length; start += recordFloats) {
    records.push(base64(floats.subarray(start, start + recordFloats)))
  }
  return records
}

/** One vector, or a part of it. */
export const base64 = (floats: Float32Array): string =>
  Buffer.from(floats.buffer, floats.byteOffset, floats.byteLength).toString("base64")

/** Whether a text may be such a record: base64 of at least one whole number. */
export const isRecord = (text: string): boolean =>
  text.length >= 8 && text.length % 4 === 0 && /^[A-Za-z0-9+/]+={0,2}$/.test(text)

/** The vectors of so many texts; in words what is wrong with them, for a node may send anything. */
export const decode = (records: Iterable<string>, texts: number): ReadonlyArray<Float32Array> | string => {
  const bytes = Buffer.concat(Array.from(records, (text) => Buffer.from(text, "base64")))
  const vectorBytes = bytes.length / texts
  if (bytes.length === 0 || !Number.isInteger(vectorBytes) || vectorBytes % floatBytes !== 0) {
    return `${bytes.length} bytes of vectors for ${texts} texts`
  }
  // Copied: a Float32Array must begin at a whole number of floats, which a pooled buffer need not.
  const floats = new Float32Array(new Uint8Array(bytes).buffer)
  if (!floats.every(Number.isFinite)) return "vectors with something but finite numbers"
  const dimensions = vectorBytes / floatBytes
  return Array.from({ length: texts }, (_, i) => floats.subarray(i * dimensions, (i + 1) * dimensions))
}
