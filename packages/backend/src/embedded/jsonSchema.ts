/**
 * JSON schemas as node-llama-cpp's grammar compiler understands them.
 *
 * The compiler passes over what it does not know and takes an empty schema for `null`. So what has another spelling there
 * is spelt so, and what has none is either refused (an answer's format is a promise) or let go (a tool checks its own
 * arguments). Every property that a schema names is written, also an optional one.
 */
import type { GbnfJsonSchema } from "node-llama-cpp"
import { Refusal } from "./Refusal.ts"

type Schema = Readonly<Record<string, unknown>>

const isSchema = (value: unknown): value is Schema =>
  typeof value === "object" && value !== null && !Array.isArray(value)

/** Keywords that narrow what is allowed and that no grammar here can follow. */
const unknown = [
  "pattern minimum maximum exclusiveMinimum exclusiveMaximum multipleOf uniqueItems contains propertyNames",
  "not if dependentSchemas dependentRequired patternProperties unevaluatedProperties unevaluatedItems"
].flatMap((words) => words.split(" "))

const depthAllowed = 64
const formats = new Set(["date-time", "time", "date"])
const scalars = new Set(["string", "number", "integer", "boolean", "null"])

const anything = {
  oneOf: [
    { type: ["string", "number", "boolean", "null"] },
    { type: "object", additionalProperties: true },
    { type: "array" }
  ]
}

const isScalar = (value: unknown) => value === null || ["string", "number", "boolean"].includes(typeof value)

/** What the schema is of, where it does not say. */
const implied = (schema: Schema): unknown =>
  "properties" in schema || "additionalProperties" in schema
    ? "object"
    : "items" in schema || "prefixItems" in schema
      ? "array"
      : undefined

const translator = (strict: boolean) => {
  const cannot = (what: string) => {
    if (strict) throw new Refusal("unsupported", `The embedded engine cannot follow ${what} in "response_format".`)
  }

  const each = (schemas: unknown, depth: number): Record<string, unknown> =>
    Object.fromEntries(Object.entries(isSchema(schemas) ? schemas : {}).map(([name, one]) => [name, of(one, depth)]))

  const list = (schemas: unknown, depth: number) => (Array.isArray(schemas) ? schemas.map((one) => of(one, depth)) : [])

  const object = (schema: Schema, depth: number) => {
    const { additionalProperties: more, properties } = schema
    return {
      ...schema,
      type: "object",
      ...(properties !== undefined && { properties: each(properties, depth) }),
      additionalProperties:
        typeof more === "boolean" ? more : isSchema(more) ? of(more, depth) : properties === undefined
    }
  }

  const array = (schema: Schema, depth: number) => ({
    ...schema,
    type: "array",
    ...(schema["items"] !== undefined && { items: of(schema["items"], depth) }),
    ...(schema["prefixItems"] !== undefined && { prefixItems: list(schema["prefixItems"], depth) })
  })

  const typed = (schema: Schema, type: unknown, depth: number): unknown => {
    if (type === "object") return object(schema, depth)
    if (type === "array") return array(schema, depth)
    if (type !== "string") return scalars.has(String(type)) ? { ...schema, type } : anything
    const { format, ...rest } = schema
    return { ...rest, type, ...(formats.has(String(format)) && { format }) }
  }

  const plain = (schema: Schema, depth: number): unknown => {
    const { allOf, anyOf, const: constant, enum: values, oneOf, type = implied(schema) } = schema
    const reference = schema["$ref"]
    if (typeof reference === "string") {
      if (!/^#\/(\$defs|definitions)\/[^/]+$/.test(reference)) cannot(`"$ref": ${JSON.stringify(reference)}`)
      return { ...schema, $ref: reference.replace("#/definitions/", "#/$defs/") }
    }
    const choices = anyOf ?? oneOf
    if (Array.isArray(choices)) return { ...schema, oneOf: list(choices, depth), anyOf: undefined }
    if (Array.isArray(allOf)) {
      if (allOf.length !== 1) cannot(`"allOf" of ${allOf.length}`)
      return of(allOf.length === 1 ? { ...schema, allOf: undefined, ...(isSchema(allOf[0]) && allOf[0]) } : {}, depth)
    }
    if (constant !== undefined) {
      if (!isScalar(constant)) cannot('"const" of an object or array')
      return isScalar(constant) ? { ...schema, const: constant } : anything
    }
    if (Array.isArray(values)) {
      if (!values.every(isScalar)) cannot('"enum" of objects or arrays')
      return values.every(isScalar) ? { ...schema, enum: values } : anything
    }
    if (!Array.isArray(type)) return type === undefined ? anything : typed(schema, type, depth)
    if (type.every((one) => scalars.has(one))) return { ...schema, type }
    return { oneOf: type.map((one) => typed(schema, one, depth)) }
  }

  const of = (schema: unknown, depth: number): unknown => {
    if (depth > depthAllowed)
      throw new Refusal("unsupported", "A JSON schema is nested too deeply for the embedded engine.")
    if (!isSchema(schema)) return anything
    for (const keyword of unknown) if (schema[keyword] !== undefined) cannot(`"${keyword}"`)
    const found = plain(schema, depth + 1)
    const definitions = { ...each(schema["definitions"], depth + 1), ...each(schema["$defs"], depth + 1) }
    return Object.keys(definitions).length === 0 || !isSchema(found) ? found : { ...found, $defs: definitions }
  }

  return (schema: unknown) => of(schema, 0) as GbnfJsonSchema
}

/** For the format of an answer. Throws `Refusal` naming what has no grammar. */
export const forAnswer = translator(true)

/** For a tool's arguments: constraints without a grammar are the tool's own to check. */
export const forTool = translator(false)
