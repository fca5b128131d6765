/**
 * How many tokens somebody counts for how many bytes, by least squares over its jobs: a line and not a ratio, since a
 * template's preamble and the end of a turn are tokens without bytes.
 *
 * In whole numbers, so that every control plane comes to the same.
 */

/** Sums over jobs; sums of two groups of jobs are those of both. */
export interface Line {
  readonly jobs: bigint
  readonly bytes: bigint
  readonly tokens: bigint
  readonly bytesSquared: bigint
  readonly bytesTokens: bigint
}

/** A longer text counts as a part of this length, or it would outweigh all others by the square of its own. */
const longest = 65_536n
/** Jobs after which those before count half: what a model is used for changes. */
export const remembered = 4_096n
/** More is nobody's honest count of so much text, and no sum of what comes in may grow without bounds. */
const most = 1_048_576n
/** Text on which a judgement may rest, in bytes. */
const enough = 256n

const ceilDiv = (a: bigint, b: bigint): bigint => (a + b - 1n) / b

/** One job; nothing where there is nothing to learn from it. */
export const lineOf = (bytes: bigint, tokens: bigint): Line | undefined => {
  if (bytes <= 0n || tokens <= 0n) return undefined
  const [x, all] = bytes > longest ? [longest, ceilDiv(tokens * longest, bytes)] : [bytes, tokens]
  const y = all < most ? all : most
  return { jobs: 1n, bytes: x, tokens: y, bytesSquared: x * x, bytesTokens: x * y }
}

export const plus = (a: Line, b: Line): Line => {
  const by = a.jobs + b.jobs >= remembered ? 2n : 1n
  return {
    jobs: (a.jobs + b.jobs) / by,
    bytes: (a.bytes + b.bytes) / by,
    tokens: (a.tokens + b.tokens) / by,
    bytesSquared: (a.bytesSquared + b.bytesSquared) / by,
    bytesTokens: (a.bytesTokens + b.bytesTokens) / by
  }
}

/** Tokens that it would count for so many bytes, rounded up; `undefined` where too little is known of it. */
export const tokensFor = ({ bytesSquared, bytesTokens, jobs, tokens, ...line }: Line, bytes: bigint) => {
  if (line.bytes < enough) return undefined
  const square = line.bytes * line.bytes
  const spread = jobs * bytesSquared - square
  // Texts of nearly one length tell of a line no more than the one point that it goes through.
  if (spread * 16n < square) return ceilDiv(bytes * tokens, line.bytes)
  const rise = jobs * bytesTokens - line.bytes * tokens
  // Of no token that is written as text are there more than bytes.
  const slope = rise < 0n ? 0n : rise > spread ? spread : rise
  const found = tokens * spread + slope * (jobs * bytes - line.bytes)
  return found <= 0n ? 0n : ceilDiv(found, jobs * spread)
}
