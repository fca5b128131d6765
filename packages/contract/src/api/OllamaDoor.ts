/** The doors of Ollama's API. */
import { HttpApiEndpoint, HttpApiGroup, OpenApi } from "effect/http-api"
import {
  OllamaChatRequest,
  OllamaEmbeddingsRequest,
  OllamaEmbedRequest,
  OllamaGenerateRequest,
  OllamaShowRequest
} from "../Ollama.ts"
import {
  OllamaChatAnswer,
  OllamaEmbedding,
  OllamaEmbeddings,
  OllamaError,
  OllamaGenerateAnswer,
  OllamaPs,
  OllamaShown,
  OllamaTags,
  OllamaVersion
} from "../OllamaAnswer.ts"
import { Authorization, OllamaErrors } from "./Authorization.ts"
import { asking } from "./OpenAiDoor.ts"

const failure = (status: number, description: string) =>
  OllamaError.annotate({ identifier: `OllamaError${status}`, description, httpApiStatus: status })

const notFound = failure(404, "No such model")
const errors = [
  failure(400, "A field is missing or wrong, or asks for what is not offered"),
  failure(401, "No, bad, revoked or expired key"),
  failure(429, "Too many requests, tokens or jobs at once; retry after Retry-After seconds"),
  failure(500, "Our fault; the message carries the request id that is in the log"),
  failure(503, "No capacity, or the service cannot take work at this moment; retry after Retry-After seconds")
]
const tooLarge = failure(413, "The body is over 20 MiB")
const jobErrors = [
  ...errors,
  notFound,
  tooLarge,
  failure(403, "The key is not for this model"),
  failure(409, "The job was cancelled, or the Idempotency-Key came before with another request"),
  failure(502, "The node or its backend failed the job before any output; retry"),
  failure(504, "The job did not finish in time; retry")
]
const forbidden = [failure(403, "Only the operators of nodes install and remove models"), ...errors]

const describe = (summary: string, description: string) => OpenApi.annotations({ summary, description })

const streamed = "Lines of JSON unless `stream` is false. Durations are measured here, waiting for a place included."

const operatorsOnly = describe(
  "Models are their nodes'",
  "Refused: the operators of nodes install and remove models, with `infernet model`."
)

export class OllamaGroup extends HttpApiGroup.make("ollama")
  .add(
    HttpApiEndpoint.post("chat", "/api/chat", {
      headers: asking,
      payload: OllamaChatRequest,
      success: OllamaChatAnswer,
      error: jobErrors
    }).annotateMerge(describe("Chat", `As Ollama's. ${streamed}`)),
    HttpApiEndpoint.post("generate", "/api/generate", {
      headers: asking,
      payload: OllamaGenerateRequest,
      success: OllamaGenerateAnswer,
      error: jobErrors
    }).annotateMerge(describe("Generate", `A chat of one turn or, with \`raw\`, the prompt gone on with. ${streamed}`)),
    HttpApiEndpoint.post("embed", "/api/embed", {
      headers: asking,
      payload: OllamaEmbedRequest,
      success: OllamaEmbeddings,
      error: jobErrors
    }).annotateMerge(describe("Embed", "One vector for each text.")),
    HttpApiEndpoint.post("embeddings", "/api/embeddings", {
      headers: asking,
      payload: OllamaEmbeddingsRequest,
      success: OllamaEmbedding,
      error: jobErrors
    }).annotateMerge(describe("Embed one text", "As clients asked before there was `/api/embed`.")),
    HttpApiEndpoint.get("tags", "/api/tags", { success: OllamaTags, error: errors }).annotateMerge(
      describe("Models", "Models on at least one node online now; a name without a tag is shown with `:latest`.")
    ),
    HttpApiEndpoint.get("ps", "/api/ps", { success: OllamaPs, error: errors }).annotateMerge(
      describe("Loaded models", "Those that at least one node has loaded.")
    ),
    HttpApiEndpoint.post("show", "/api/show", {
      payload: OllamaShowRequest,
      success: OllamaShown,
      error: [...errors, notFound, tooLarge]
    }).annotateMerge(describe("A model", "What the network knows of it.")),
    HttpApiEndpoint.get("version", "/api/version", { success: OllamaVersion, error: errors }).annotateMerge(
      describe("Version", "Of Ollama, whose API this speaks; our own is at `/api/v1/info`.")
    )
  )
  .add(
    HttpApiEndpoint.post("pull", "/api/pull", { error: forbidden }).annotateMerge(operatorsOnly),
    HttpApiEndpoint.post("push", "/api/push", { error: forbidden }).annotateMerge(operatorsOnly),
    HttpApiEndpoint.post("create", "/api/create", { error: forbidden }).annotateMerge(operatorsOnly),
    HttpApiEndpoint.post("copy", "/api/copy", { error: forbidden }).annotateMerge(operatorsOnly),
    HttpApiEndpoint.delete("delete", "/api/delete", { error: forbidden }).annotateMerge(operatorsOnly)
  )
  .middleware(Authorization)
  .middleware(OllamaErrors)
  .annotateMerge(
    OpenApi.annotations({ title: "Ollama", description: "Ollama's clients work unchanged, with a key." })
  ) {}
