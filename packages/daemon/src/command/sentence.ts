/** What went wrong, fit for anybody's terminal and for one line of it. */
import { stripVTControlCharacters } from "node:util"

const longest = 1_000

/** Without terminal codes and control characters, cut to a length that every report may have. */
export const sentence = (text: string): string =>
  stripVTControlCharacters(text)
    .replaceAll(/\p{Cc}+/gu, " ")
    .trim()
    .slice(0, longest)
    .toWellFormed()
