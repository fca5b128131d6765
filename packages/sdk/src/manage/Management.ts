/** Accounts, keys, usage, nodes and their commands, for whoever holds a key or a session's token. */
import { Call } from "../Call.ts"
import { Http, type Request } from "../Http.ts"
import { type CallOptions, type InfernetOptions, type Settings, settingsOf } from "../options.ts"
import type { Model } from "../wire.ts"
import type {
  ApiKey,
  BrowserSession,
  Command,
  Commands,
  CreatedApiKey,
  LinkCode,
  NetworkInfo,
  NewApiKey,
  NewCommand,
  Node,
  OwnAccount,
  OwnNode,
  UsageGroup,
  UsageReport
} from "./wire.ts"

type Query = { readonly [name: string]: string | number | undefined }

const search = (query: Query = {}): string => {
  const given = Object.entries(query).flatMap(([name, value]) => (value === undefined ? [] : [[name, String(value)]]))
  return given.length === 0 ? "" : `?${new URLSearchParams(given)}`
}

const nodePath = (id: string, more = "") => `/api/v1/nodes/${encodeURIComponent(id)}${more}`

export class Management {
  readonly #http: Http
  readonly #settings: Settings

  /** Throws as `Infernet` does. */
  constructor(options: InfernetOptions = {}) {
    this.#settings = settingsOf(options)
    this.#http = new Http(this.#settings)
  }

  /** Whose key or token this is, and how much it may ask for. */
  readonly account = (options?: CallOptions) => this.get<OwnAccount>("/api/v1/account", {}, options)

  readonly usage = (
    query: { readonly since?: string; readonly until?: string; readonly by?: UsageGroup } = {},
    options?: CallOptions
  ) => this.get<UsageReport>("/api/v1/usage", query, options)

  readonly keys = {
    list: (query: { readonly limit?: number; readonly cursor?: string } = {}, options?: CallOptions) =>
      this.get<{ readonly keys: ReadonlyArray<ApiKey>; readonly next_cursor: string | null }>(
        "/api/v1/keys",
        query,
        options
      ),
    /** The only answer that ever carries the key's secret. */
    create: (key: NewApiKey, options?: CallOptions) => this.post<CreatedApiKey>("/api/v1/keys", key, options),
    revoke: (id: string, options?: CallOptions) =>
      this.delete<ApiKey>(`/api/v1/keys/${encodeURIComponent(id)}`, options)
  }

  readonly sessions = {
    list: (options?: CallOptions) =>
      this.get<{ readonly sessions: ReadonlyArray<BrowserSession> }>("/api/v1/sessions", {}, options),
    /** That browser is signed out within a second. */
    revoke: (id: string, options?: CallOptions) =>
      this.delete<BrowserSession>(`/api/v1/sessions/${encodeURIComponent(id)}`, options)
  }

  readonly models = async (options?: CallOptions) =>
    (await this.get<{ readonly models: ReadonlyArray<Model> }>("/api/v1/models", {}, options)).models

  readonly info = (options?: CallOptions) => this.get<NetworkInfo>("/api/v1/info", {}, options)

  readonly nodes = {
    /** Every node as everybody may see it. */
    list: async (options?: CallOptions) =>
      (await this.get<{ readonly nodes: ReadonlyArray<Node> }>("/api/v1/nodes", {}, options)).nodes,
    /** As its operator sees it. */
    details: (id: string, options?: CallOptions) => this.get<OwnNode>(nodePath(id, "/details"), {}, options),
    approve: (id: string, options?: CallOptions) => this.post<Node>(nodePath(id, "/approve"), undefined, options),
    /** Told this once: one machine joins the account with it within 15 minutes. */
    linkCode: (options?: CallOptions) => this.post<LinkCode>("/api/v1/link-codes", undefined, options)
  }

  readonly commands = {
    list: (node: string, query: { readonly limit?: number; readonly cursor?: string } = {}, options?: CallOptions) =>
      this.get<Commands>(nodePath(node, "/commands"), query, options),
    get: (node: string, id: string, options?: CallOptions) =>
      this.get<Command>(nodePath(node, `/commands/${encodeURIComponent(id)}`), {}, options),
    /** What is asked for again while it is under way is the same command. */
    issue: (node: string, command: NewCommand, options?: CallOptions) =>
      this.post<Command>(nodePath(node, "/commands"), command, options),
    cancel: (node: string, id: string, options?: CallOptions) =>
      this.delete<Command>(nodePath(node, `/commands/${encodeURIComponent(id)}`), options)
  }

  /** A reading of any path of the API, tried again as the rule says. */
  get<A>(path: string, query?: Query, options?: CallOptions): Promise<A> {
    return this.#json({ method: "GET", path: path + search(query) }, options)
  }

  /** Not tried again: what it makes might be made twice. */
  post<A>(path: string, body?: unknown, options?: CallOptions): Promise<A> {
    return this.#json({ method: "POST", path, body: JSON.stringify(body ?? {}) }, { maxRetries: 0, ...options })
  }

  delete<A>(path: string, options?: CallOptions): Promise<A> {
    return this.#json({ method: "DELETE", path }, options)
  }

  async #json<A>(request: Request, options: CallOptions = {}): Promise<A> {
    const call = new Call(this.#settings, options)
    try {
      return await call.tries(() => this.#http.json<A>(request, call))
    } finally {
      call.end()
    }
  }
}
