/** What must not be near money: floating point, in any of the ways by which it comes in. Plain texts in, findings out. */

/** Names of amounts, prices and sums of them. */
const amounts =
  "(?:amount|balance|bounty|ceiling|charge|cost|credit|cumulative|deposit|earned|fee|hold|micros|owed|paid|price|rate|" +
  "redeemed|reserve|spent|staked|unredeemed|usdc|value_usdc|withdraw)"
/** Endings of names that tell something else. */
const notOf = "(?!\\w*(?:bps|at\\b|id\\b|delay|from|count|seconds|tokens))"
const amount = `\\b(?:\\w+\\.)*\\w*${amounts}${notOf}\\w*`

interface Rule {
  readonly pattern: RegExp
  readonly why: string
  /** Whatever it is done to: not where times and speeds are shown as well. */
  readonly always?: true
}

const rules: ReadonlyArray<Rule> = [
  { pattern: /\b(?:Number\.)?parseFloat\(/i, why: "parseFloat", always: true },
  { pattern: /\.(?:toFixed|toPrecision|toExponential)\(/, why: "toFixed", always: true },
  { pattern: /\bMath\.(?:round|trunc|fround)\(/, why: "rounding", always: true },
  { pattern: new RegExp(`\\bMath\\.\\w+\\([^()]*${amount}`, "i"), why: "Math of an amount" },
  { pattern: new RegExp(`\\b(?:Number|\\+)\\(\\s*${amount}\\s*[),]`, "i"), why: "Number of an amount" },
  {
    pattern: new RegExp(`${amount}\\s*[*/%]\\s*\\d[\\d_]*(?:\\.\\d+|e\\d+)?(?![\\dn_.])`, "i"),
    why: "an amount and a number"
  },
  {
    pattern: new RegExp(`(?<![\\w.])\\d[\\d_]*(?:\\.\\d+|e\\d+)?\\s*[*/]\\s*${amount}`, "i"),
    why: "a number and an amount"
  },
  {
    pattern: new RegExp(
      `${amount}\\??: (?:Schema\\.(?:optional(?:Key)?|NullOr|mutable)\\()*Schema\\.(?:Finite|Number|Int)\\b`,
      "i"
    ),
    why: "an amount as a number"
  },
  { pattern: new RegExp(`${amount}\\??: number\\b`, "i"), why: "an amount as a number" },
  { pattern: new RegExp(`${amount}\\)*::(?:float|real|double|numeric)`, "i"), why: "an amount as float in SQL" }
]

/** Without comments and plain strings, line by line: what they say is no arithmetic. SQL stands in templates, which stay. */
const code = (text: string): ReadonlyArray<string> =>
  text
    .replaceAll(/\/\*[^]*?\*\//g, (comment) => comment.replaceAll(/[^\n]/g, " "))
    .split("\n")
    .map((line) => line.replace(/(^|\s)\/\/.*$/, "$1").replaceAll(/"(?:[^"\\]|\\.)*"/g, '""'))

/** `line: why` of each slip. `shows`: a text that shows other numbers besides, which may be rounded. */
export const slipsOfCode = (text: string, shows = false): ReadonlyArray<string> =>
  code(text).flatMap((line, at) =>
    rules.flatMap(({ always, pattern, why }) =>
      !(shows && always === true) && pattern.test(line) ? [`${at + 1}: ${why}`] : []
    )
  )

const moneyColumn =
  /^(?:\w*_)?(?:amount|balance|ceiling|cost|cumulative|fee|hold|micros|redeemed|reserved)(?:_micros\w*|_per_\w+)?$/

/** Columns of a migration that hold money and are no `bigint`, and whatever is of a type that rounds. */
export const slipsOfSql = (text: string): ReadonlyArray<string> =>
  text
    .replaceAll(/--.*$/gm, "")
    .split("\n")
    .flatMap((line, at) => {
      const [, name = "", type = ""] = /^\s*(?:alter table \w+ )?(?:add column )?(\w+) (\w+)\b/.exec(line) ?? []
      const isMoney = moneyColumn.test(name) || /_micros(?:_|$)/.test(name)
      const rounds = /\b(?:float4|float8|float|real|double precision|numeric)\b/.test(line)
      return [
        ...(isMoney && type !== "bigint" ? [`${at + 1}: ${name} is ${type}`] : []),
        ...(rounds ? [`${at + 1}: a type that rounds`] : [])
      ]
    })
