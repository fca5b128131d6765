import { expect, test } from "bun:test"
import * as ThinkTags from "../src/http/ThinkTags.ts"

/** What comes out of the pieces, neighbours of one kind joined. */
const sorted = (pieces: ReadonlyArray<string>) => {
  const joined: Array<[kind: string, text: string]> = []
  const tags = ThinkTags.make((kind, text) => {
    const last = joined.at(-1)
    if (last?.[0] === kind) last[1] += text
    else joined.push([kind, text])
  })
  for (const piece of pieces) tags.feed(piece)
  tags.flush()
  return joined
}

const answers: ReadonlyArray<readonly [answer: string, expected: ReturnType<typeof sorted>]> = [
  [
    "<think>2 < 3, so </thin is no end\n</think>\n\nYes.",
    [
      ["reasoning", "2 < 3, so </thin is no end\n"],
      ["text", "Yes."]
    ]
  ],
  ["\n <think>\n\n</think>\n\nHi", [["text", "Hi"]]],
  ["<think>never ends </thi", [["reasoning", "never ends </thi"]]],
  ["  no thoughts", [["text", "  no thoughts"]]],
  ["<thin ice>", [["text", "<thin ice>"]]],
  ["<thi", [["text", "<thi"]]],
  ["Write <think>x</think>", [["text", "Write <think>x</think>"]]],
  [
    "<think>a</think>b<think>c</think>",
    [
      ["reasoning", "a"],
      ["text", "b<think>c</think>"]
    ]
  ],
  [" ".repeat(80) + "<think>", [["text", " ".repeat(80) + "<think>"]]]
]

for (const [answer, expected] of answers) {
  test(`sorts ${JSON.stringify(answer.slice(0, 40))} the same wherever it is cut`, () => {
    expect(sorted([answer])).toEqual(expected)
    expect(sorted([...answer])).toEqual(expected)
    for (let cut = 1; cut < answer.length; cut++) {
      expect([cut, sorted([answer.slice(0, cut), answer.slice(cut)])]).toEqual([cut, expected])
    }
  })
}

test("gives thoughts out as they come", () => {
  const given: Array<string> = []
  const tags = ThinkTags.make((_, text) => given.push(text))
  tags.feed("<think>one")
  tags.feed(" two<")
  expect(given).toEqual(["one", " two"])
})
