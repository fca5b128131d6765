/** The snippets of a page of Markdown, each with what the page says that it prints. */

export interface Snippet {
  /** Where its code begins, for whoever has to mend it. */
  readonly line: number
  readonly language: string
  /** What else the fence says: `page` is code for a browser's page. */
  readonly mark: string
  readonly code: string
  /** What it prints: the `text` or `json` that follows it, else the comments behind its `console.log`. */
  readonly prints: string
}

interface Fence {
  readonly line: number
  readonly language: string
  readonly mark: string
  readonly code: string
}

const fencesOf = (markdown: string): ReadonlyArray<Fence> =>
  [...markdown.matchAll(/^```(\w*) ?(\w*)\n([^]*?)^```$/gm)].map(([, language = "", mark = "", code = ""], i, all) => {
    const before = markdown.slice(0, all[i]?.index)
    return { line: before.split("\n").length + 1, language, mark, code: code.trimEnd() }
  })

const answers = new Set(["text", "json"])

/** As one sees them in examples: `console.log(usage) // 12`. */
const commented = (code: string): string =>
  [...code.matchAll(/console\.log\(.*\) \/\/ (.*)$/gm)].map(([, said]) => said).join("\n")

/** In the page's order. Throws where something stands between fences that is neither a snippet nor its answer. */
export const snippetsOf = (markdown: string, runnable: ReadonlySet<string>): ReadonlyArray<Snippet> => {
  const snippets: Array<Snippet> = []
  let isAnswered = true
  for (const { code, language, line, mark } of fencesOf(markdown)) {
    const last = snippets.at(-1)
    if (runnable.has(language)) {
      snippets.push({ line, language, mark, code, prints: commented(code) })
      isAnswered = false
    } else if (answers.has(language) && last !== undefined && !isAnswered) {
      snippets[snippets.length - 1] = { ...last, prints: code }
      isAnswered = true
    } else
      throw new Error(`line ${line}: ${language || "a block without a language"} is no snippet, nor what one prints`)
  }
  return snippets
}
