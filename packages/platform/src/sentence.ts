/** Words from elsewhere, fit for anybody's terminal and for one line of it. */
import { stripVTControlCharacters } from "node:util"

const longest = 1_000

/** Without terminal codes and control characters, and no longer than a report may be. */
export const sentence = (text: string): string =>
  stripVTControlCharacters(text)
    .replaceAll(/[\p{Cc}\s]+/gu, " ")
    .trim()
    .slice(0, longest)
    .toWellFormed()
