/**
 * A Markdown text that grows, as blocks: what is complete is read once, and only the last block again.
 *
 * Without it each new word would cost as much as all words before.
 */
import { Lexer, type Token } from "marked"

/** Between blocks, and of no look of their own. */
const isSeen = ({ type }: Token) => type !== "space" && type !== "def"

export class Blocks {
  #text = ""
  /** Where the last block begins: all before it stays as it is. */
  #settled = 0
  #done: Array<Token> = []

  /** All blocks of the text. What was given before is its beginning, or it is another text, read from its own beginning. */
  of(given: string): ReadonlyArray<Token> {
    // As the lexer does it: places in the text are counted by what it tells.
    const text = given.replace(/\r\n?/g, "\n")
    if (!text.startsWith(this.#text)) {
      this.#settled = 0
      this.#done = []
    }
    this.#text = text
    const tokens = new Lexer({ gfm: true }).lex(text.slice(this.#settled))
    const last = Math.max(0, tokens.findLastIndex(isSeen))
    const complete = tokens.slice(0, last)
    for (const { raw } of complete) this.#settled += raw.length
    this.#done.push(...complete.filter(isSeen))
    return [...this.#done, ...tokens.slice(last).filter(isSeen)]
  }
}
