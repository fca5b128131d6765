/** What each variable is for, in words for whoever sets it. That each is here, and none too many, a test sees to. */

export interface Description {
  readonly what: string
  /** What counts without it, where neither the code nor the settings say it in one word. */
  readonly usual?: string
}

export interface Section {
  readonly title: string
  readonly about: string
  readonly variables: Readonly<Record<string, Description>>
}

export const sections: ReadonlyArray<Section> = [
  {
    title: "Every command",
    about: "Read by whatever is run.",
    variables: {
      INFERNET_HOME: {
        what: "The directory of this installation: keys, settings, logs, models, the embedded database. One running process a home.",
        usual: "`~/.infernet`"
      },
      INFERNET_LOG_LEVEL: { what: "The least that is logged: `trace`, `debug`, `info`, `warn` or `error`." },
      INFERNET_CONTROL_PLANE: {
        what: "The control plane's URL. `start` joins it as a node; `chat` and `model` ask it.",
        usual: "what runs from this home; `start` runs a network of its own"
      },
      INFERNET_BEARER_TOKEN: {
        what: "API key (`inft_…`) for the control plane that `chat` and `model` ask.",
        usual: "this machine's own key"
      },
      INFERNET_MODEL: { what: "The model that `infernet chat` asks.", usual: "one that the network offers" },
      INFERNET_NONINTERACTIVE: {
        what: "`true`: no command asks anything; what would be asked is as usual.",
        usual: "`false`"
      },
      XDG_CONFIG_HOME: { what: "Where `infernet service` puts the service file of a user.", usual: "`~/.config`" },
      NPM_CONFIG_REGISTRY: {
        what: "The npm registry that `infernet upgrade` asks, as npm takes it, in small letters too.",
        usual: "npm's"
      },
      NPM_CONFIG_USERCONFIG: { what: "The `.npmrc` with the registry and its token, likewise.", usual: "`~/.npmrc`" },
      NO_COLOR: { what: "Set to anything: no colours.", usual: "colours at a terminal" },
      TERM: { what: "`dumb`: no colours.", usual: "the terminal's" },
      SHELL: { what: "The shell that `infernet completions` writes for where none is named.", usual: "none" }
    }
  },
  {
    title: "Control plane",
    about: "Read by `infernet control-plane`, and by `infernet start` where it runs a network of its own.",
    variables: {
      INFERNET_HOST: { what: "Address to listen on; `0.0.0.0` for all. Speaks plain HTTP: put TLS in front of it." },
      INFERNET_PORT: { what: "Port of the API." },
      INFERNET_PUBLIC_URL: {
        what: "Where clients and nodes elsewhere reach it; it goes into messages and links.",
        usual: "`http://` and the address it listens on"
      },
      INFERNET_ALLOWED_HOSTS: {
        what: "Names, separated by commas, that a request's `Host` may be, besides `localhost` and `127.0.0.1`.",
        usual: "on loopback no others; on any other address every name"
      },
      INFERNET_OPEN_SIGN_UP: { what: "`true`: a wallet that nobody knows gets a client's account by signing in." },
      INFERNET_REQUIRE_INVITE: { what: "`true`: a node that is not known needs a link code." },
      INFERNET_REQUIRE_NODE_APPROVAL: {
        what: "`true`: a new node gets jobs only when an administrator has approved it."
      },
      INFERNET_KEY_REQUESTS_PER_MINUTE: {
        what: "Requests that a key may make in a minute, unless it was given another limit; here and below `0` is none."
      },
      INFERNET_KEY_REQUESTS_PER_HOUR: { what: "The same in an hour." },
      INFERNET_KEY_TOKENS_PER_MINUTE: {
        what: "Tokens, of prompts and answers, that a key's jobs may come to in a minute."
      },
      INFERNET_KEY_CONCURRENCY: { what: "Jobs of a key at a time." },
      INFERNET_KEY_USD_PER_DAY: {
        what: "Dollars that a key's jobs may cost on a day of UTC, with what is held for those that run."
      },
      INFERNET_ACCOUNT_REQUESTS_PER_MINUTE: {
        what: "The same five for all keys of an account together; an administrator's has no such limits."
      },
      INFERNET_ACCOUNT_REQUESTS_PER_HOUR: { what: "In an hour." },
      INFERNET_ACCOUNT_TOKENS_PER_MINUTE: { what: "Tokens." },
      INFERNET_ACCOUNT_CONCURRENCY: { what: "Jobs at a time." },
      INFERNET_ACCOUNT_USD_PER_DAY: { what: "Dollars." },
      INFERNET_PAYMENTS: {
        what: "Whether jobs cost: `off` (metered, free), `ledger` (from balances, no chain), `local` (a chain of test money in the home), or the chain of the network's escrow: `base`, `arbitrum`, `polygon`, `ethereum`."
      },
      INFERNET_FEE_BPS: {
        what: "The platform's part of what nodes earn over new channels, in ten-thousandths, at most 3000. On a chain it is the escrow's."
      },
      INFERNET_STARTING_CREDIT: {
        what: "Credit of a new account in dollars. What nodes earn from credit can never be redeemed.",
        usual: "`1` with `ledger`, `0` with a chain"
      },
      INFERNET_GATEWAY_CAP: {
        what: "Dollars that may be reserved on chain for all nodes together and not be paid out."
      },
      INFERNET_GATEWAY_CAP_PER_NODE: { what: "The same for one node." },
      INFERNET_GATEWAY_BUFFER: { what: "Dollars reserved beyond what a node has earned, so that top-ups are rare." },
      INFERNET_GATEWAY_OUTSTANDING: {
        what: "Dollars that may be signed for over one node's channel and not yet be billed: what could be taken if this control plane were gone."
      },
      INFERNET_GATEWAY_KEY_FILE: {
        what: "Key of the wallet that pays nodes on a chain: 64 hexadecimal digits, readable by its owner alone.",
        usual: "`keys/gateway.key` in the home, made at the first start"
      },
      INFERNET_GATEWAY_SESSION_KEY_FILE: {
        what: "Key that signs what each job may cost, and nothing else.",
        usual: "`keys/gateway-session.key` in the home, made at the first start"
      },
      INFERNET_CHAIN_PORT: {
        what: "Port of the local chain's JSON-RPC.",
        usual: "the last one, else any that is free"
      },
      INFERNET_ANVIL: {
        what: "Foundry's `anvil` to run the local chain with.",
        usual: "fetched from the npm registry on Linux x64, else the one that is installed"
      },
      INFERNET_TRUSTED_PROXIES: {
        what: "Addresses and networks (`10.0.0.0/8`), separated by commas, of the proxies in front: their `X-Forwarded-For` says where a request comes from, for the limits of an address.",
        usual: "none: a proxy's own address counts"
      },
      DATABASE_URL: {
        what: "PostgreSQL 15 or later, as `postgres://user:password@host:5432/name?sslmode=require`.",
        usual: "an embedded server in the home"
      },
      DATABASE_POOL: { what: "Connections to the database, at most." },
      INFERNET_POSTGRES_BIN: {
        what: "Directory of PostgreSQL's programs (17 or later) to run the embedded server with.",
        usual: "those of the npm package"
      },
      INFERNET_LOG_FILE: {
        what: "`control-plane` only: a file for the log's JSON lines, besides standard error.",
        usual: "none"
      },
      NODE_ENV: {
        what: "`production`: JSON lines on standard error even at a terminal.",
        usual: "lines for people at a terminal"
      }
    }
  },
  {
    title: "Node",
    about: "Read by `infernet start`.",
    variables: {
      INFERNET_NODE_NAME: { what: "What the network calls this node, up to 64 characters.", usual: "the host's name" },
      INFERNET_LINK_CODE: { what: "Code of the operator whose account the node joins; needed once.", usual: "none" },
      INFERNET_PAYOUT_ADDRESS: {
        what: "Ethereum address for its earnings, with its checksum's capitals.",
        usual: "none"
      },
      INFERNET_CHAIN: {
        what: "Where receipts are paid out: `base`, `arbitrum`, `polygon`, `ethereum`, or `local`. With it the node watches over its channels there.",
        usual: "`local` where this home has a local chain, else none"
      },
      INFERNET_ESCROW: {
        what: "The network's escrow contract on that chain. It is unaudited.",
        usual: "that of this home's local chain"
      },
      INFERNET_RPC_URL: { what: "JSON-RPC endpoint of the chain; it may hold a key." },
      INFERNET_RPC_URL_2: { what: "A second endpoint, asked where the first does not answer.", usual: "none" },
      INFERNET_NATIVE_PRICE: {
        what: "Dollars for one of the chain's own coins: gas is weighed against earnings with it, as there is no price feed."
      },
      INFERNET_AUTO_PAYOUT: {
        what: "`true`: the node pays its receipts out by itself from $5 on, or after a day, if they are worth their gas. Without it, only those of channels that their payer closes."
      },
      INFERNET_BACKEND: {
        what: "Which backends to use: kinds, base URLs or `embedded`, separated by commas. Nothing else is asked then.",
        usual: "all that answer at their usual ports, else the embedded engine"
      },
      INFERNET_BACKEND_API_KEY: { what: "Key for the base URLs in `INFERNET_BACKEND`.", usual: "none" },
      INFERNET_PRICE: {
        what: "What this node asks for its work, where that is less than the list price: `80%` of it, dollars for 1,000 output tokens (`0.0015`), or `model=price` for some models (`*` stands for anything), separated by commas."
      },
      INFERNET_SERVED_MODELS: {
        what: "Models to offer: names or patterns with `*`, separated by commas.",
        usual: "all"
      },
      INFERNET_REMOTE_INSTALL: { what: "`false`: nobody installs models from afar." },
      INFERNET_INSTALL_ALLOW: { what: "Which models may be installed from afar: patterns, separated by commas." },
      INFERNET_INSTALL_MAX_BYTES: { what: "How large one of them may be, in bytes.", usual: "100 GiB" },
      BUN_CONFIG_MAX_HTTP_REQUESTS: {
        what: "Bun's limit of requests at a time, so of chats at the backends. `start` sets it for itself.",
        usual: "20000"
      }
    }
  },
  {
    title: "Backends of a node",
    about: "Addresses may be several, separated by commas; each replaces the usual ports of its kind on this machine.",
    variables: {
      OLLAMA_HOST: { what: "Where Ollama is.", usual: "`127.0.0.1:11434`" },
      OLLAMA_API_KEY: { what: "Key for it.", usual: "none" },
      OLLAMA_CONTEXT_LENGTH: {
        what: "Ollama's own setting, for models that say nothing of their context: set it alike."
      },
      OLLAMA_NUM_PARALLEL: {
        what: "Ollama's own setting, chats side by side a model, which it does not tell: set it alike."
      },
      VLLM_HOST: { what: "Where vLLM is.", usual: "`127.0.0.1:8000`" },
      VLLM_INSTANCES: { what: "More places of vLLM.", usual: "none" },
      VLLM_API_KEY: { what: "Key for it.", usual: "none" },
      SGLANG_HOST: { what: "Where SGLang is.", usual: "`127.0.0.1:30000`" },
      SGLANG_API_KEY: { what: "Key for it.", usual: "none" },
      MODULAR_MAX_HOST: { what: "Where Modular MAX is.", usual: "`127.0.0.1:8000` and `:8080`" },
      MODULAR_MAX_API_KEY: { what: "Key for it.", usual: "none" },
      LLAMACPP_HOST: { what: "Where llama.cpp's server is.", usual: "`127.0.0.1:8080` and `:9931`" },
      LLAMASWAP_HOST: { what: "Where llama-swap is.", usual: "`127.0.0.1:8080`" },
      LLAMACPP_API_KEY: { what: "Key for llama.cpp and llama-swap.", usual: "none" },
      INFERNET_ENGINE_CONTEXT_LENGTH: { what: "Context of the embedded engine, in tokens." },
      INFERNET_ENGINE_MEMORY_GIB: { what: "Memory for its loaded models.", usual: "a share of the machine's" },
      INFERNET_ENGINE_KEEP: { what: "How long a model without chats stays loaded, as `10 minutes`." },
      HF_ENDPOINT: { what: "A mirror of Hugging Face for GGUF files.", usual: "`https://huggingface.co`" },
      HF_TOKEN: { what: "Token for models that need one.", usual: "none" },
      VIRTUAL_ENV: { what: "Where `infernet backend run` looks for a program first.", usual: "none" },
      PATH: { what: "Where it looks for it next.", usual: "the shell's" }
    }
  },
  {
    title: "Proxies",
    about:
      "Bun itself sends requests to the outside through `HTTP_PROXY` and `HTTPS_PROXY`, but for `NO_PROXY`; this program never those to its own machine. The three below only change the `curl` line that `start` prints.",
    variables: {
      http_proxy: { what: "A proxy for `http://`.", usual: "none" },
      all_proxy: { what: "A proxy for everything.", usual: "none" },
      ALL_PROXY: { what: "The same.", usual: "none" }
    }
  },
  {
    title: "Set by what starts the program",
    about: "Nobody sets these by hand.",
    variables: {
      INFERNET_STARTED: { what: "How it was started: `foreground`, `detached` or `service`.", usual: "`foreground`" },
      JOURNAL_STREAM: {
        what: "Set by systemd: standard error goes to the journal, which has its own times.",
        usual: "unset"
      },
      INFERNET_COMMAND: { what: "The command that a package, such as Nix's, runs this program by.", usual: "none" }
    }
  },
  {
    title: "For developers",
    about: "Read by tests, scripts and benchmarks of this repository.",
    variables: {
      TEST_DATABASE_URL: {
        what: "A PostgreSQL server for tests, which make databases of their own there.",
        usual: "`DATABASE_URL`, else an embedded one"
      },
      INFERNET_LLAMA_SERVER: {
        what: "A `llama-server` for the tests that need a real one.",
        usual: "the fetched one, else the one on `PATH`"
      },
      INFERNET_LLAMA_CACHE: {
        what: "Where `scripts/fetch-llama-server.ts` puts it.",
        usual: "`~/.cache/infernet/llama-server`"
      },
      OLLAMA_PROGRAM: { what: "An `ollama` for the tests that need a real one.", usual: "none: they do not run" },
      CONFORMANCE: {
        what: "`all`: every backend that is to be had; set by `bun run test:backends`.",
        usual: "those of every run"
      },
      FUZZ: { what: "How many requests `packages/control-plane/test/contract/fuzz.test.ts` sends.", usual: "5000" },
      FUZZ_SEED: { what: "From which they are drawn; a failure prints it.", usual: "a fixed one" },
      CI: { what: "Set: skipped tests fail the run.", usual: "unset" },
      LEDGER_OPERATIONS: {
        what: "How many operations `packages/control-plane/test/ledger/random.test.ts` does.",
        usual: "4000"
      },
      LEDGER_SEED: { what: "From which they are drawn; a failure prints it.", usual: "1" },
      SEED: {
        what: "From which `packages/payment/test/receipt/tamper.test.ts` draws what it changes.",
        usual: "`tamper`"
      },
      ROUNDS: { what: "Rounds of `bench/stream.ts` and `bench/settlement.ts`.", usual: "3" },
      JOBS: { what: "Jobs of a round of `bench/settlement.ts`.", usual: "10000" },
      WINDOWS: { what: "Rounds of `bench/verify.ts`.", usual: "20" },
      HOME: { what: "Where scripts keep caches.", usual: "the user's" }
    }
  }
]
