/** The settings that `config.json` may hold: the variables that say the same, what they may be, what they are for. */
import * as values from "./values.ts"

export interface Setting {
  readonly variable: string
  readonly value: values.Value<unknown>
  readonly about: string
  /** What counts where nobody says anything. */
  readonly usual?: string
  /** Never shown unless it is asked for by name. */
  readonly secret?: true
}

export const known: Readonly<Record<string, Setting>> = {
  port: { variable: "INFERNET_PORT", value: values.port, usual: "46337", about: "Port of the API" },
  host: { variable: "INFERNET_HOST", value: values.text, usual: "127.0.0.1", about: "Address to listen on" },
  public_url: { variable: "INFERNET_PUBLIC_URL", value: values.url, about: "Where clients elsewhere reach it" },
  allowed_hosts: { variable: "INFERNET_ALLOWED_HOSTS", value: values.text, about: "Names that it answers to" },
  control_plane: {
    variable: "INFERNET_CONTROL_PLANE",
    value: values.url,
    about: "The network to join; without it, this machine is one of its own"
  },
  node_name: { variable: "INFERNET_NODE_NAME", value: values.name, about: "What the network calls this node" },
  payout_address: {
    variable: "INFERNET_PAYOUT_ADDRESS",
    value: values.payoutAddress,
    about: "Where its earnings go"
  },
  chain: {
    variable: "INFERNET_CHAIN",
    value: values.chain,
    about: "Where receipts are paid out: base, arbitrum, polygon, ethereum, or local"
  },
  escrow: {
    variable: "INFERNET_ESCROW",
    value: values.contract,
    about: "The network's escrow contract there, unaudited; of a local chain it is known"
  },
  rpc_url: {
    variable: "INFERNET_RPC_URL",
    value: values.endpoint,
    usual: "the chain's public ones",
    about: "JSON-RPC endpoint of the chain",
    secret: true
  },
  rpc_url_2: {
    variable: "INFERNET_RPC_URL_2",
    value: values.endpoint,
    about: "Another one, asked where the first does not answer",
    secret: true
  },
  native_price: {
    variable: "INFERNET_NATIVE_PRICE",
    value: values.dollars,
    usual: "5000 for ETH, 1 for POL",
    about: "Dollars for one of the chain's coins, to weigh gas against earnings"
  },
  auto_payout: {
    variable: "INFERNET_AUTO_PAYOUT",
    value: values.flag,
    usual: "false",
    about: "Whether the node pays its receipts out by itself, when they are worth it"
  },
  payments: {
    variable: "INFERNET_PAYMENTS",
    value: values.payments,
    usual: "off",
    about: "Whether jobs cost: off, ledger, local, or a chain's name"
  },
  fee_bps: {
    variable: "INFERNET_FEE_BPS",
    value: values.feeBps,
    usual: "1500",
    about: "The platform's part of what nodes earn, in ten-thousandths"
  },
  starting_credit: {
    variable: "INFERNET_STARTING_CREDIT",
    value: values.dollars,
    about: "Credit of a new account in dollars; usually 1 without a chain, 0 with one"
  },
  gateway_cap: {
    variable: "INFERNET_GATEWAY_CAP",
    value: values.dollars,
    usual: "1000",
    about: "What may be reserved for all nodes on chain, in dollars"
  },
  gateway_cap_per_node: {
    variable: "INFERNET_GATEWAY_CAP_PER_NODE",
    value: values.dollars,
    usual: "100",
    about: "The same for one node"
  },
  gateway_buffer: {
    variable: "INFERNET_GATEWAY_BUFFER",
    value: values.dollars,
    usual: "5",
    about: "What is reserved beyond what a node has earned"
  },
  gateway_outstanding: {
    variable: "INFERNET_GATEWAY_OUTSTANDING",
    value: values.dollars,
    usual: "25",
    about: "What is signed for and not yet billed at most, a node"
  },
  bearer_token: {
    variable: "INFERNET_BEARER_TOKEN",
    value: values.text,
    about: "API key for the network",
    secret: true
  },
  model: { variable: "INFERNET_MODEL", value: values.modelName, about: "Which model to ask" },
  log_level: { variable: "INFERNET_LOG_LEVEL", value: values.logLevel, usual: "info", about: "What the log tells" },
  require_invite: {
    variable: "INFERNET_REQUIRE_INVITE",
    value: values.flag,
    usual: "false",
    about: "Whether new nodes need a link code"
  },
  open_sign_up: {
    variable: "INFERNET_OPEN_SIGN_UP",
    value: values.flag,
    usual: "false",
    about: "Whether any wallet gets an account by signing in"
  },
  require_node_approval: {
    variable: "INFERNET_REQUIRE_NODE_APPROVAL",
    value: values.flag,
    usual: "false",
    about: "Whether new nodes wait for an administrator's word"
  },
  key_requests_per_minute: {
    variable: "INFERNET_KEY_REQUESTS_PER_MINUTE",
    value: values.count,
    usual: "60",
    about: "Requests of a key without limits of its own; here and below 0 is no limit"
  },
  key_requests_per_hour: {
    variable: "INFERNET_KEY_REQUESTS_PER_HOUR",
    value: values.count,
    usual: "1000",
    about: "The same in an hour"
  },
  key_tokens_per_minute: {
    variable: "INFERNET_KEY_TOKENS_PER_MINUTE",
    value: values.count,
    usual: "no limit",
    about: "Tokens of its jobs"
  },
  key_concurrency: {
    variable: "INFERNET_KEY_CONCURRENCY",
    value: values.count,
    usual: "no limit",
    about: "Its jobs at a time"
  },
  key_usd_per_day: {
    variable: "INFERNET_KEY_USD_PER_DAY",
    value: values.dollars,
    usual: "no limit",
    about: "Dollars that its jobs may cost on a day of UTC"
  },
  account_requests_per_minute: {
    variable: "INFERNET_ACCOUNT_REQUESTS_PER_MINUTE",
    value: values.count,
    usual: "600",
    about: "Requests of all keys of an account together"
  },
  account_requests_per_hour: {
    variable: "INFERNET_ACCOUNT_REQUESTS_PER_HOUR",
    value: values.count,
    usual: "10000",
    about: "The same in an hour"
  },
  account_tokens_per_minute: {
    variable: "INFERNET_ACCOUNT_TOKENS_PER_MINUTE",
    value: values.count,
    usual: "no limit",
    about: "Tokens of their jobs"
  },
  account_concurrency: {
    variable: "INFERNET_ACCOUNT_CONCURRENCY",
    value: values.count,
    usual: "no limit",
    about: "Their jobs at a time"
  },
  account_usd_per_day: {
    variable: "INFERNET_ACCOUNT_USD_PER_DAY",
    value: values.dollars,
    usual: "no limit",
    about: "Dollars that their jobs may cost on a day of UTC"
  },
  trusted_proxies: {
    variable: "INFERNET_TRUSTED_PROXIES",
    value: values.networks,
    about: "Proxies in front: their word says where a request comes from"
  },
  backend: {
    variable: "INFERNET_BACKEND",
    value: values.backends,
    about: "Which backend to use: a kind or an address"
  },
  served_models: { variable: "INFERNET_SERVED_MODELS", value: values.text, about: "Models to offer; without it, all" },
  price: {
    variable: "INFERNET_PRICE",
    value: values.asks,
    usual: "the list price",
    about: "What this node asks: 80%, dollars for 1,000 output tokens, or model=price"
  },
  ollama_host: { variable: "OLLAMA_HOST", value: values.addresses, about: "Where Ollama is" },
  ollama_api_key: { variable: "OLLAMA_API_KEY", value: values.text, about: "Key for Ollama", secret: true },
  vllm_host: { variable: "VLLM_HOST", value: values.addresses, about: "Where vLLM is" },
  vllm_instances: { variable: "VLLM_INSTANCES", value: values.addresses, about: "More places of vLLM" },
  vllm_api_key: { variable: "VLLM_API_KEY", value: values.text, about: "Key for vLLM", secret: true },
  sglang_host: { variable: "SGLANG_HOST", value: values.addresses, about: "Where SGLang is" },
  sglang_api_key: { variable: "SGLANG_API_KEY", value: values.text, about: "Key for SGLang", secret: true },
  max_host: { variable: "MODULAR_MAX_HOST", value: values.addresses, about: "Where MAX is" },
  max_api_key: { variable: "MODULAR_MAX_API_KEY", value: values.text, about: "Key for MAX", secret: true },
  llamacpp_host: { variable: "LLAMACPP_HOST", value: values.addresses, about: "Where llama.cpp is" },
  llamaswap_host: { variable: "LLAMASWAP_HOST", value: values.addresses, about: "Where llama-swap is" },
  llamacpp_api_key: {
    variable: "LLAMACPP_API_KEY",
    value: values.text,
    about: "Key for llama.cpp and llama-swap",
    secret: true
  },
  engine_context_length: {
    variable: "INFERNET_ENGINE_CONTEXT_LENGTH",
    value: values.count,
    usual: "8192",
    about: "Context of the embedded engine, in tokens"
  },
  engine_memory_gib: {
    variable: "INFERNET_ENGINE_MEMORY_GIB",
    value: values.amount,
    about: "Memory for the models that it has loaded"
  },
  engine_keep: {
    variable: "INFERNET_ENGINE_KEEP",
    value: values.span,
    usual: "10 minutes",
    about: "How long it keeps a model loaded without chats"
  },
  remote_install: {
    variable: "INFERNET_REMOTE_INSTALL",
    value: values.flag,
    about: "Whether models may be installed from afar"
  },
  install_allow: { variable: "INFERNET_INSTALL_ALLOW", value: values.text, about: "Which of them: patterns of names" },
  install_max_bytes: {
    variable: "INFERNET_INSTALL_MAX_BYTES",
    value: values.count,
    about: "How large they may be"
  },
  hf_endpoint: { variable: "HF_ENDPOINT", value: values.url, about: "A mirror of Hugging Face" },
  hf_token: { variable: "HF_TOKEN", value: values.text, about: "Token for Hugging Face", secret: true },
  database_url: {
    variable: "DATABASE_URL",
    value: values.text,
    about: "PostgreSQL to use instead of one of its own",
    secret: true
  }
}

export const names: ReadonlyArray<string> = Object.keys(known)

/** The setting of a name; none where there is no such. */
export const find = (name: string): Setting | undefined => (Object.hasOwn(known, name) ? known[name] : undefined)
