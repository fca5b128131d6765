/** Answers as they are: in the shape of their door, streams as text, with the headers that go with them. */
import {
  type Document,
  type Json,
  mapOperations,
  mapValues,
  type Media,
  type Operation,
  type Response
} from "./Document.ts"

const ours = "#/components/schemas/_infernet_contract_"

/** The doors of others write every error in their own shape, whoever found it. */
const inShape = (media: Media): Media => {
  const { anyOf } = media.schema ?? {}
  if (!Array.isArray(anyOf)) return media
  const own = anyOf.filter((one: { $ref?: string }) => one.$ref?.startsWith(ours) !== true)
  return own.length === 1 ? { ...media, schema: own[0] } : media
}

interface EventSchema {
  readonly properties?: { readonly data?: { readonly contentSchema?: Json } }
}

/** OpenAPI 3.1 has no word for events: `x-event` is what the data of each is. */
const asText = ({ schema, ...media }: Media): Media => {
  const { "x-effect-stream": _stream, ...rest } = media
  const event = (schema as EventSchema | undefined)?.properties?.data?.contentSchema
  const isTold = event !== undefined && Object.keys(event).length > 0
  return { ...rest, schema: { type: "string" }, ...(isTold && { "x-event": event }) }
}

const descriptions: Readonly<Record<string, string>> = {
  101: "The connection is a WebSocket from now on",
  200: "What was asked for",
  201: "It was made",
  202: "It was taken, and goes on by itself",
  204: "It was done"
}

const retryAfter = { "Retry-After": { description: "Seconds to wait", schema: { type: "integer" } } }

const told = (response: Response, status: string): Response => {
  const { content = {}, description } = response
  const isReshaped = Object.values(content).some((media) => inShape(media) !== media)
  const [own = description] = description.split(" | ")
  return {
    ...response,
    description: descriptions[status] ?? (isReshaped ? own : description.replaceAll(" | ", ". Or: ")),
    ...(["429", "503", "529"].includes(status) && { headers: retryAfter }),
    ...(response.content !== undefined && {
      content: mapValues(content, (media, type) => (type === "text/event-stream" ? asText(media) : inShape(media)))
    })
  }
}

/** Ollama streams lines of JSON. */
const streamsLines: ReadonlySet<string> = new Set(["ollama.chat", "ollama.generate"])

const withLines = (operation: Operation): Operation => {
  const { 200: whole, ...others } = operation.responses
  if (whole === undefined || !streamsLines.has(operation.operationId)) return operation
  const { schema } = whole.content?.["application/json"] ?? {}
  const lines = { schema: { type: "string" }, "x-event": schema }
  return {
    ...operation,
    responses: { 200: { ...whole, content: { ...whole.content, "application/x-ndjson": lines } }, ...others }
  }
}

/** What takes no body has none that is too large. */
const possible = ({ requestBody, responses }: Operation): Operation["responses"] => {
  const { 413: _tooLarge, ...others } = responses
  return requestBody === undefined ? others : responses
}

export const withResponses = (document: Document): Document =>
  mapOperations(document, (operation) => withLines({ ...operation, responses: mapValues(possible(operation), told) }))
