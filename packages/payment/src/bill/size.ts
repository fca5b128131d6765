/** The sizes by which counts of tokens are judged, and from which they are learned. */
import type { LineKind } from "./Lines.ts"
import type { Sent } from "./sent.ts"

/** What a template puts around a message, in bytes that would come to as many tokens. */
const markBytes = 16n

export const promptKind = ({ hasTools }: Sent): LineKind => (hasTools ? "tools" : "prompt")

/** Of a prompt, its messages' marks included. */
export const promptSize = ({ bytes, texts }: Sent): bigint => bytes + texts * markBytes

/** Images are counted by pixels, which nothing here shows: their prompts teach nothing. */
export const teaches = ({ images }: Sent): boolean => images === 0n
