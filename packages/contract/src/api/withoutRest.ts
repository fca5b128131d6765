/** OpenAPI for routes that take the rest of a path. */
interface Operation {
  readonly parameters?: ReadonlyArray<{ readonly name: string }>
}
type Paths = Readonly<Record<string, Readonly<Record<string, Operation>>>>

const named = (operation: Operation): Operation => ({
  ...operation,
  parameters: operation.parameters?.filter(({ name }) => name !== "*") ?? []
})

/** A route ends in `/*` where its last `{name}` may have slashes. OpenAPI has no word for that: the name stands for all. */
export const withoutRest = (spec: Record<string, unknown>): Record<string, unknown> => {
  const paths = Object.entries(spec["paths"] as Paths).map(([path, operations]) =>
    path.endsWith("/*")
      ? [path.slice(0, -2), Object.fromEntries(Object.entries(operations).map(([method, one]) => [method, named(one)]))]
      : [path, operations]
  )
  return { ...spec, paths: Object.fromEntries(paths) }
}
