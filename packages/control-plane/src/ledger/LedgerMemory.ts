/** The ledger in memory, over the books that jobs in memory are settled in. */
import { Effect, Layer } from "effect"
import { BooksMemory } from "./BooksMemory.ts"
import { Ledger } from "./Ledger.ts"
import { ofBooks } from "./ofBooks.ts"

export const layer = Layer.effect(
  Ledger,
  Effect.map(BooksMemory, ({ books }) => ofBooks(books))
)
