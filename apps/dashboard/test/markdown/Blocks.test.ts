import { expect, test } from "bun:test"
import { Lexer } from "marked"
import { Blocks } from "../../src/markdown/Blocks.ts"

const text = `# Title

A paragraph with **bold**, \`code\` and
a second line.

Setext
---

- one
- two

  still two
- three
1. first
2. second

\`\`\`ts
const a = 1

# no heading
\`\`\`

> quoted
> twice

| a | b |
| - | - |
| 1 | 2 |

<b>html</b>

[name]: https://example.com "t"

***

last words`

const whole = new Lexer({ gfm: true }).lex(text).filter(({ type }) => type !== "space" && type !== "def")

test("a text that grows a character at a time has the blocks of the whole at its end", () => {
  for (const step of [1, 3, 7, 50]) {
    const blocks = new Blocks()
    for (let end = step; end < text.length; end += step) blocks.of(text.slice(0, end))
    expect(blocks.of(text).map(({ type, raw }) => [type, raw.trimEnd()])).toEqual(
      whole.map(({ type, raw }) => [type, raw.trimEnd()])
    )
  }
})

test("lines that end as on Windows change nothing, and another text begins anew", () => {
  const blocks = new Blocks()
  blocks.of("something else entirely\n\nand more")
  const windows = text.replaceAll("\n", "\r\n")
  blocks.of(windows.slice(0, 101))
  expect(blocks.of(windows).map(({ type }) => type)).toEqual(whole.map(({ type }) => type))
})

test("a block that is complete stays the same object", () => {
  const blocks = new Blocks()
  const [first] = blocks.of("one\n\ntwo\n\nthr")
  const [again] = blocks.of("one\n\ntwo\n\nthree\n\nfour")
  expect(again).toBe(first)
})
