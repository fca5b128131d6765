/** Where a text stops being JSON, which Bun's parser does not tell, and what should stand there. */

export interface Slip {
  readonly offset: number
  readonly expected: string
}

const scalar =
  /"(?:[^"\\\p{Cc}]|\\(?:["\\/bfnrt]|u[0-9a-fA-F]{4}))*"|-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?|true|false|null/uy

/** The first slip in a text that `JSON.parse` refuses. Nesting past the stack's depth is no settings file. */
export const firstSlip = (text: string): Slip | undefined => {
  let at = 0
  const blank = () => {
    while (" \t\r\n".includes(text[at] ?? "end")) at += 1
  }
  const skip = (sign: string): boolean => {
    blank()
    if (text[at] !== sign) return false
    at += 1
    return true
  }
  const slip = (expected: string): Slip => ({ offset: at, expected })

  const single = (expected: string, quoted: boolean): Slip | undefined => {
    blank()
    scalar.lastIndex = at
    if ((quoted && text[at] !== '"') || !scalar.test(text)) return slip(expected)
    at = scalar.lastIndex
    return undefined
  }

  const list = (end: string, item: () => Slip | undefined): Slip | undefined => {
    at += 1
    if (skip(end)) return undefined
    while (true) {
      const found = item()
      if (found !== undefined) return found
      if (skip(end)) return undefined
      if (!skip(",")) return slip(`"," or "${end}"`)
    }
  }

  const member = () => single("a name in double quotes", true) ?? (skip(":") ? value() : slip('":"'))

  const value = (): Slip | undefined => {
    blank()
    if (text[at] === "{") return list("}", member)
    if (text[at] === "[") return list("]", value)
    return single("a value", false)
  }

  const found = value()
  if (found !== undefined) return found
  blank()
  return at < text.length ? slip("the end of the file") : undefined
}

/** `line 3, column 7` of an offset. */
export const place = (text: string, offset: number): string => {
  const before = text.slice(0, offset).split("\n")
  return `line ${before.length}, column ${(before.at(-1)?.length ?? 0) + 1}`
}
