/** What a value should have been, in the words of whoever typed it: Effect names types and schemas. */

const words: ReadonlyArray<readonly [RegExp, string]> = [
  [/a string representing a finite number/g, "a number"],
  [/an integer/g, "a whole number"],
  [/a valid Duration string/g, "a length of time, such as 30 seconds, 10 minutes or 2 hours"],
  [/a valid URL string/g, "an address that begins with http:// or https://"],
  [/"true" \| "yes" \| [^;]*"n"/g, "true or false"]
]

/** `"a" | "b" | "c"` as a person lists them. */
const choices = (text: string): string =>
  text.replaceAll(/"[\w-]+"(?: \| "[\w-]+")+/g, (list) => `one of ${list.replaceAll('"', "").split(" | ").join(", ")}`)

/** A message of Effect's about settings, flags or arguments, with what it expects in plain words. */
export const inWords = (message: string): string =>
  choices(words.reduce((text, [type, word]) => text.replaceAll(type, word), message))
