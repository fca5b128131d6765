/** What lines are coloured with: the terminal's own sixteen colours, so that they suit its light or dark ground. */

type Paint = (text: string) => string

export interface Theme {
  readonly strong: Paint
  readonly faint: Paint
  readonly good: Paint
  readonly warn: Paint
  readonly bad: Paint
  /** Bars and graphs. */
  readonly bar: Paint
  /** Keys to press. */
  readonly key: Paint
}

const sgr =
  (open: string, close: string): Paint =>
  (text) =>
    text === "" ? "" : `\u001b[${open}m${text}\u001b[${close}m`

export const colored: Theme = {
  strong: sgr("1", "22"),
  faint: sgr("2", "22"),
  good: sgr("32", "39"),
  warn: sgr("33", "39"),
  bad: sgr("31", "39"),
  bar: sgr("36", "39"),
  key: sgr("7", "27")
}

const same: Paint = (text) => text

/** Nothing is told by colour alone, so this is only plainer. */
export const plain: Theme = {
  strong: same,
  faint: same,
  good: same,
  warn: same,
  bad: same,
  bar: same,
  key: same
}
