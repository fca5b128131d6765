/** Shows an example of every request, and what was answered to it. */
import { answers } from "../examples/answers.ts"
import type { Example } from "../examples/Example.ts"
import { requests } from "../examples/requests.ts"
import { type Document, mapOperations, mapValues, type Operation, type Parameter } from "./Document.ts"

type Named<A> = ReadonlyArray<readonly [name: string, value: A]>

/** OpenAPI has one field for one example and another for several. */
const shown = (examples: Named<unknown>) => {
  const [only, ...others] = examples
  if (only === undefined) return {}
  if (others.length === 0) return { example: only[1] }
  return { examples: Object.fromEntries(examples.map(([name, value]) => [name, { value }])) }
}

const parameterOf = (example: Example, { in: place, name }: Parameter): string | undefined => {
  const values = { path: example.path, query: example.query, header: example.headers }[place]
  return values?.[name]
}

const valued = (parameter: Parameter, text: string) =>
  (parameter["schema"] as { type?: string } | undefined)?.type === "integer" ? Number(text) : text

const illustrated = (operation: Operation): Operation => {
  const examples = Object.entries(requests[operation.operationId] ?? {})
  const answered = Object.entries(answers[operation.operationId] ?? {})
  const bodies = examples.flatMap(([name, { body }]) => (body === undefined ? [] : [[name, body] as const]))
  // What only says why it does nothing has no success, whatever an endpoint without one is taken for.
  const succeeds = answered.some(([, { status }]) => status < 300)
  const responses = Object.entries(operation.responses).filter(([status]) => succeeds || !status.startsWith("2"))
  return {
    ...operation,
    parameters: operation.parameters.map((parameter) => {
      const text = examples.map(([, example]) => parameterOf(example, parameter)).find((value) => value !== undefined)
      return { ...parameter, ...(text !== undefined && { example: valued(parameter, text) }) }
    }),
    ...(operation.requestBody !== undefined && {
      requestBody: {
        ...operation.requestBody,
        content: mapValues(operation.requestBody.content, (media) => ({ ...media, ...shown(bodies) }))
      }
    }),
    responses: Object.fromEntries(
      responses.map(([status, response]) => [
        status,
        response.content === undefined
          ? response
          : {
              ...response,
              content: mapValues(response.content, (media, type) => {
                const came = answered.filter(([, answer]) => String(answer.status) === status && answer.type === type)
                return { ...media, ...shown(came.map(([name, { body }]) => [name, body])) }
              })
            }
      ])
    )
  }
}

export const withExamples = (document: Document): Document => mapOperations(document, illustrated)
