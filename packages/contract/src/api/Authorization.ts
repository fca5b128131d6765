/** Who is calling, and in which shape errors go back. */
import { Context } from "effect"
import { HttpApiMiddleware, HttpApiSecurity } from "effect/http-api"
import type { Role } from "../Account.ts"
import { BadRequest, InternalError, PayloadTooLarge, RateLimited, Unauthorized, Unavailable } from "../ApiError.ts"
import type { AccountId, ApiKeyId, NodeId } from "../Id.ts"

/** The API key that came with a request. */
export interface CallerKey {
  readonly id: ApiKeyId
  /** The models that it may ask for, as they were named when it was made; null: all. */
  readonly models: ReadonlyArray<string> | null
}

/** Whose request it is. */
export class Caller extends Context.Service<
  Caller,
  {
    readonly account: AccountId
    readonly role: Role
    /** Undefined where a person came without a key, by a session. */
    readonly key: CallerKey | undefined
  }
>()("@infernet/contract/api/Caller") {}

/** Requires `Authorization: Bearer inft_…`, or the same key as `x-api-key`, as Anthropic's clients send it. */
export class Authorization extends HttpApiMiddleware.Service<Authorization, { provides: Caller }>()(
  "@infernet/contract/api/Authorization",
  { security: { bearer: HttpApiSecurity.bearer }, error: [Unauthorized, RateLimited, Unavailable] }
) {}

/** The node that signed a request, and the body its signature covers. */
export class SignedNode extends Context.Service<
  SignedNode,
  { readonly id: NodeId; readonly publicKey: string; readonly body: Uint8Array }
>()("@infernet/contract/api/SignedNode") {}

/** Requires `X-Infernet-Auth` by the node that the path names. */
export class NodeSignature extends HttpApiMiddleware.Service<NodeSignature, { provides: SignedNode }>()(
  "@infernet/contract/api/NodeSignature",
  { error: [Unauthorized, BadRequest, PayloadTooLarge, RateLimited, Unavailable] }
) {}

/** Writes every failure as `{ error, error_message, field? }`. The outermost middleware of its groups. */
export class ApiErrors extends HttpApiMiddleware.Service<ApiErrors>()("@infernet/contract/api/ApiErrors", {
  error: InternalError
}) {}

/** Writes every failure in OpenAI's shape. */
export class OpenAiErrors extends HttpApiMiddleware.Service<OpenAiErrors>()("@infernet/contract/api/OpenAiErrors") {}

/** Writes every failure in Anthropic's shape. */
export class AnthropicErrors extends HttpApiMiddleware.Service<AnthropicErrors>()(
  "@infernet/contract/api/AnthropicErrors"
) {}

/** Writes every failure in Ollama's shape. */
export class OllamaErrors extends HttpApiMiddleware.Service<OllamaErrors>()("@infernet/contract/api/OllamaErrors") {}
