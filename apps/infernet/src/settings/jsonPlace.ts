/** Where a text stops being JSON, which Bun's parser does not tell, and where the names of its object stand. */

export interface Slip {
  readonly offset: number
  readonly expected: string
}

/** A name of the outermost object. */
export interface Name {
  readonly name: string
  readonly offset: number
}

/** Deeper than any settings are, and far above what the stack bears. */
const deepest = 64

const scalar =
  /"(?:[^"\\\p{Cc}]|\\(?:["\\/bfnrt]|u[0-9a-fA-F]{4}))*"|-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?|true|false|null/uy

/** Reads a text to its end or its first slip. */
const scan = (text: string): { readonly slip: Slip | undefined; readonly names: ReadonlyArray<Name> } => {
  const names: Array<Name> = []
  let at = 0
  let depth = 0
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

  const items = (end: string, item: () => Slip | undefined): Slip | undefined => {
    at += 1
    if (skip(end)) return undefined
    while (true) {
      const found = item()
      if (found !== undefined) return found
      if (skip(end)) return undefined
      if (!skip(",")) return slip(`"," or "${end}"`)
    }
  }

  const list = (end: string, item: () => Slip | undefined): Slip | undefined => {
    if (depth === deepest) return slip(`no more than ${deepest} levels`)
    depth += 1
    const found = items(end, item)
    depth -= 1
    return found
  }

  const member = () => {
    blank()
    const offset = at
    const found = single("a name in double quotes", true)
    if (found !== undefined) return found
    if (depth === 1) names.push({ name: String(JSON.parse(text.slice(offset, at))), offset })
    return skip(":") ? value() : slip('":"')
  }

  const value = (): Slip | undefined => {
    blank()
    if (text[at] === "{") return list("}", member)
    if (text[at] === "[") return list("]", value)
    return single("a value", false)
  }

  const found = value()
  if (found !== undefined) return { slip: found, names }
  blank()
  return { slip: at < text.length ? slip("the end of the file") : undefined, names }
}

/** The first slip in a text that `JSON.parse` refuses; one that is nested deeper than settings can be has one too. */
export const firstSlip = (text: string): Slip | undefined => scan(text).slip

/** The names of the outermost object of a text without slips, in their order, each as often as it stands there. */
export const namesIn = (text: string): ReadonlyArray<Name> => scan(text).names

/** `line 3, column 7` of an offset. */
export const place = (text: string, offset: number): string => {
  const before = text.slice(0, offset).split("\n")
  return `line ${before.length}, column ${(before.at(-1)?.length ?? 0) + 1}`
}
