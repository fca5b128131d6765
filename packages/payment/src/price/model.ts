/** The list price of a model, from all that nodes tell of it. */
import type { ModelOffer } from "@infernet/contract/Node"
import type { Price } from "@infernet/contract/Price"
import { listPriceOf } from "./list.ts"
import { sizeOfFile, sizeOfName } from "./size.ts"

export type Told = Pick<ModelOffer, "bytes" | "capabilities" | "quantization">

const bySize = (a: bigint, b: bigint): number => (a < b ? -1 : a > b ? 1 : 0)

/** The middle of what its nodes tell: one that exaggerates, in either direction, changes nothing. */
const sizeOfFiles = (offers: ReadonlyArray<Told>): bigint | undefined => {
  const sizes = offers.flatMap(({ bytes, quantization }) =>
    bytes === undefined ? [] : [sizeOfFile(bytes, quantization)]
  )
  return sizes.toSorted(bySize)[(sizes.length - 1) >> 1]
}

/** Whether anything is written by it: embeddings are read only, and cost what is read. */
const writes = (offers: ReadonlyArray<Told>): boolean =>
  offers.length === 0 || offers.some(({ capabilities }) => capabilities.some((one) => one !== "embedding"))

/** By the size that its name tells, else by its files. The same for all nodes that offer it. */
export const listPriceOfModel = (name: string, offers: ReadonlyArray<Told>): Price =>
  listPriceOf(sizeOfName(name) ?? sizeOfFiles(offers), writes(offers))
