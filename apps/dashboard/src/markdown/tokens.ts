/** What the lexer gives, by its kinds: its own union does not tell them apart by their `type`. */
import type { Token } from "marked"

/** The token, where it is of that kind. */
export const is = <T extends Token>(token: Token, type: T["type"]): T | undefined =>
  // Only extensions could give a type other fields than the lexer's own, and there are none here.
  token.type === type ? (token as T) : undefined

export const childrenOf = (token: Token): ReadonlyArray<Token> => ("tokens" in token ? (token.tokens ?? []) : [])
