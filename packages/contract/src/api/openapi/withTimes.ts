/** Says of fields that are times that they are: to schemas they are text. */
import type { Document } from "./Document.ts"

const isTime = (name: string): boolean => /(_at|_until|_time|^since|^until|^last_heartbeat)$/.test(name)

const isText = (value: unknown): value is { readonly type: "string" } =>
  typeof value === "object" && value !== null && "type" in value && value.type === "string"

const timed = (schema: unknown): unknown => {
  if (isText(schema)) return { ...schema, format: "date-time" }
  if (typeof schema !== "object" || schema === null || !("anyOf" in schema) || !Array.isArray(schema.anyOf))
    return schema
  return { ...schema, anyOf: schema.anyOf.map(timed) }
}

/** Everywhere but in examples. */
const deep = (value: unknown): unknown => {
  if (Array.isArray(value)) return value.map(deep)
  if (typeof value !== "object" || value === null) return value
  return Object.fromEntries(
    Object.entries(value).map(([key, inner]) => {
      if (key === "example" || key === "examples") return [key, inner]
      if (key !== "properties" || typeof inner !== "object" || inner === null) return [key, deep(inner)]
      const fields = Object.entries(inner).map(([name, field]) => [
        name,
        isTime(name) ? timed(deep(field)) : deep(field)
      ])
      return [key, Object.fromEntries(fields)]
    })
  )
}

export const withTimes = (document: Document): Document => deep(document) as Document
