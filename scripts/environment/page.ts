/** `docs/environment.md`: the variables that the code reads, joined with the words for them. */
import { known } from "../../apps/infernet/src/settings/known.ts"
import { type Description, sections } from "./descriptions.ts"
import { variables } from "./sources.ts"

const found = variables()
const settings = new Map(Object.entries(known).map(([name, setting]) => [setting.variable, { name, ...setting }]))

const described = sections.flatMap((section) => Object.entries(section.variables))

/** Not every key is read by its name alone: those of backends are in tables. */
const isKey = (name: string): boolean => /_(?:API_KEY|TOKEN)$/.test(name)

/** Variables that hold something secret. */
export const secrets = (): ReadonlySet<string> =>
  new Set(
    [...found].flatMap(([name, { secret }]) =>
      secret || settings.get(name)?.secret === true || isKey(name) ? [name] : []
    )
  )

const usualOf = (name: string, { usual }: Description): string | undefined => {
  const inCode = found.get(name)?.usual ?? settings.get(name)?.usual
  return usual ?? (inCode === undefined ? undefined : `\`${inCode}\``)
}

/** What keeps the page from being true, each with what to do about it. */
export const problems = (): ReadonlyArray<string> => {
  const names = described.map(([name]) => name)
  const table = "scripts/environment/descriptions.ts"
  return [
    ...[...found.keys()]
      .filter((name) => !names.includes(name))
      .map((name) => `${name} is read but not described: add it to ${table}`),
    ...names.filter((name) => !found.has(name)).map((name) => `${name} is read nowhere: take it out of ${table}`),
    ...names.filter((name, i) => names.indexOf(name) !== i).map((name) => `${name} is described twice in ${table}`),
    ...described.flatMap(([name, description]) =>
      usualOf(name, description) === undefined ? [`${name}: say in ${table} what counts without it`] : []
    ),
    ...described.flatMap(([name, { usual }]) =>
      usual !== undefined && (found.get(name)?.usual ?? settings.get(name)?.usual) !== undefined
        ? [`${name}: the code says what counts without it, so ${table} must not`]
        : []
    )
  ]
}

const head = `# Environment

Every variable that Infernet reads, written by \`bun scripts/environment.ts\` from the code. A flag counts before a variable, a variable before \`config.json\` in the home (\`infernet config\` writes it), and that before what is usual. Secrets (🔑) are never logged; in the containers of \`deploy/\` each may also come from the file that \`NAME_FILE\` names.
`

const row = ([name, description]: readonly [string, Description]): string => {
  const secret = secrets().has(name) ? " 🔑" : ""
  const setting = settings.get(name)
  const inFile = setting === undefined ? "" : `\`${setting.name}\``
  return `| \`${name}\`${secret} | ${description.what} | ${usualOf(name, description) ?? ""} | ${inFile} |`
}

export const page = (): string =>
  [
    head,
    ...sections.flatMap(({ about, title, variables }) => [
      `## ${title}\n\n${about}\n`,
      "| variable | what it does | without it | in `config.json` |\n| --- | --- | --- | --- |",
      ...Object.entries(variables).map(row),
      ""
    ])
  ].join("\n")
