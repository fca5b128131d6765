/** What names and other short texts from outside may be. */
import { Schema } from "effect"

/** No control characters: a NUL is nothing a database stores, and an escape sequence reaches terminals. */
export const printable = Schema.isPattern(/^\P{Cc}*$/u, { message: "expected text without control characters" })
