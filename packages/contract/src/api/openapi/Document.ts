/** The parts of an OpenAPI document that are put right here, as plain JSON. */

export type Json = Record<string, unknown>

export interface Parameter extends Json {
  readonly name: string
  readonly in: string
}

export interface Media extends Json {
  readonly schema?: Json
}

export interface Response extends Json {
  readonly description: string
  readonly content?: Readonly<Record<string, Media>>
}

export interface Operation extends Json {
  readonly operationId: string
  readonly tags: ReadonlyArray<string>
  readonly parameters: ReadonlyArray<Parameter>
  readonly responses: Readonly<Record<string, Response>>
  readonly requestBody?: { readonly required: boolean; readonly content: Readonly<Record<string, Media>> }
  readonly security: ReadonlyArray<Readonly<Record<string, ReadonlyArray<string>>>>
}

export type Paths = Readonly<Record<string, Readonly<Record<string, Operation>>>>

export interface Document extends Json {
  readonly paths: Paths
  readonly components: {
    readonly schemas: Readonly<Record<string, Json>>
    readonly securitySchemes: Readonly<Record<string, Json>>
  }
}

/** The same with every value changed. */
export const mapValues = <A, B>(
  record: Readonly<Record<string, A>>,
  f: (value: A, key: string) => B
): Record<string, B> => Object.fromEntries(Object.entries(record).map(([key, value]) => [key, f(value, key)]))

/** The same with every operation changed. */
export const mapOperations = (document: Document, f: (operation: Operation) => Operation): Document => ({
  ...document,
  paths: mapValues(document.paths, (methods) => mapValues(methods, f))
})
