/** Gives schemas the names that generated clients have for them, each said once and referred to from there on. */
import { type Document, type Json, mapValues } from "./Document.ts"

const root = "#/components/schemas/"

/** Errors of ours are named as their classes, and those of other doors once, whatever their status. */
const nameOf = (name: string): string =>
  name
    .replace(/^_infernet_contract_(\w+)Encoded$/, "$1")
    .replace(/^(OpenAi|Anthropic|Ollama)Error\d+(_\d+)?$/, "$1Error")

/** Requests whose fields are all known: another one is refused. Everywhere else it is ignored, or may come to be. */
const strict: ReadonlySet<string> = new Set([
  "SubmitJob",
  "IssueCommand",
  "CreateApiKey",
  "ChallengeRequest",
  "SignedMessage",
  "Rotation"
])

type Tell = (text: string) => string | undefined

const isObject = (value: unknown): value is Json => typeof value === "object" && value !== null && !Array.isArray(value)

/** A schema with what it shares with others replaced by their names; examples are left as they are. */
const shared = (value: unknown, named: Tell): unknown => {
  if (Array.isArray(value)) return value.map((inner) => shared(inner, named))
  if (!isObject(value)) return value
  const name = "type" in value || "anyOf" in value ? named(JSON.stringify(value)) : undefined
  return name === undefined ? opened(value, named) : { $ref: root + name }
}

const opened = (value: Json, named: Tell): Json =>
  Object.fromEntries(
    Object.entries(value)
      .filter(([key, inner]) => !(key === "additionalProperties" && inner === false))
      .map(([key, inner]) => {
        if (key === "example" || key === "examples") return [key, inner]
        if (key === "$ref" && typeof inner === "string") return [key, root + nameOf(inner.slice(root.length))]
        return [key, shared(inner, named)]
      })
  )

export const withNames = (document: Document): Document => {
  const { schemas } = document.components
  const names = new Map(Object.entries(schemas).map(([name, schema]) => [JSON.stringify(schema), nameOf(name)]))
  const named: Tell = (text) => names.get(text)
  const components = Object.entries(schemas).map(([name, schema]) => {
    const own = opened(schema, named)
    return [nameOf(name), strict.has(name) ? { ...own, additionalProperties: false } : own] as const
  })
  return {
    ...document,
    paths: mapValues(document.paths, (methods) => shared(methods, named)) as Document["paths"],
    components: {
      ...document.components,
      schemas: Object.fromEntries(components.toSorted(([a], [b]) => (a < b ? -1 : 1)))
    }
  }
}
