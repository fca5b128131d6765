/** OpenAPI for routes that take the rest of a path. */
import { type Document, mapValues, type Operation } from "./Document.ts"

const named = (operation: Operation): Operation => ({
  ...operation,
  parameters: operation.parameters.filter(({ name }) => name !== "*")
})

/** A route ends in `/*` where its last `{name}` may have slashes. OpenAPI has no word for that: the name stands for all. */
export const withoutRest = (document: Document): Document => ({
  ...document,
  paths: Object.fromEntries(
    Object.entries(document.paths).map(([path, operations]) =>
      path.endsWith("/*") ? [path.slice(0, -2), mapValues(operations, named)] : [path, operations]
    )
  )
})
