/** Models that are known to do well: by their name in Ollama's library, and as one GGUF file on Hugging Face. */

export interface LibraryModel {
  readonly name: string
  readonly parameters: number
  readonly repository: string
  readonly file: string
}

const model = (name: string, billions: number, repository: string, file: string): LibraryModel => ({
  name,
  parameters: billions * 1e9,
  repository,
  file: `${file}-Q4_K_M.gguf`
})

const bartowski = (name: string, billions: number, title: string) =>
  model(name, billions, `bartowski/${title}-GGUF`, title)

const qwen3 = (name: string, billions: number, title: string) => model(name, billions, `Qwen/${title}-GGUF`, title)

/** Within one size, the better one first. */
export const library: ReadonlyArray<LibraryModel> = [
  bartowski("qwen2.5:72b", 72.7, "Qwen2.5-72B-Instruct"),
  bartowski("llama3.3:70b", 70.6, "Llama-3.3-70B-Instruct"),
  qwen3("qwen3:32b", 32.8, "Qwen3-32B"),
  bartowski("qwen2.5:32b", 32.8, "Qwen2.5-32B-Instruct"),
  model("gemma3:27b", 27.4, "ggml-org/gemma-3-27b-it-GGUF", "gemma-3-27b-it"),
  qwen3("qwen3:14b", 14.8, "Qwen3-14B"),
  bartowski("qwen2.5:14b", 14.8, "Qwen2.5-14B-Instruct"),
  bartowski("phi4:14b", 14.7, "phi-4"),
  model("gemma3:12b", 12.2, "ggml-org/gemma-3-12b-it-GGUF", "gemma-3-12b-it"),
  qwen3("qwen3:8b", 8.2, "Qwen3-8B"),
  bartowski("llama3.1:8b", 8, "Meta-Llama-3.1-8B-Instruct"),
  bartowski("qwen2.5:7b", 7.6, "Qwen2.5-7B-Instruct"),
  qwen3("qwen3:4b", 4, "Qwen3-4B"),
  model("gemma3:4b", 4.3, "ggml-org/gemma-3-4b-it-GGUF", "gemma-3-4b-it"),
  bartowski("llama3.2:3b", 3.2, "Llama-3.2-3B-Instruct"),
  bartowski("qwen2.5:1.5b", 1.5, "Qwen2.5-1.5B-Instruct"),
  bartowski("llama3.2:1b", 1.2, "Llama-3.2-1B-Instruct"),
  bartowski("qwen2.5:0.5b", 0.5, "Qwen2.5-0.5B-Instruct")
]
