/** Names of models as operators list them: any case, `*` for any run of characters, `:latest` understood. */

const plain = (name: string) =>
  name
    .trim()
    .toLowerCase()
    .replace(/:latest$/, "")

/** Whether a name matches one of the patterns; an empty list matches nothing. */
export const matcher = (patterns: ReadonlyArray<string>): ((name: string) => boolean) => {
  const expressions = patterns.map((pattern) => {
    const parts = plain(pattern).split(/\*+/)
    return new RegExp(`^${parts.map((part) => part.replace(/[\\^$.*+?()[\]{}|]/g, "\\$&")).join(".*")}$`, "s")
  })
  return (name) => expressions.some((expression) => expression.test(plain(name)))
}
