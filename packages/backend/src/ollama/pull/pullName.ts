/** The name under which Ollama pulls a model, or why it does not. */
import { InstallError, type ModelSource } from "../../install/Install.ts"

const unsupported = (message: string) => new InstallError({ reason: "unsupported", message })

/** `qwen3:4b` or `someone/model:tag`; a third part would be the address of somebody's registry. */
const libraryName = /^(?:\w[\w-]{0,79}\/)?\w[\w.-]{0,79}(?::\w[\w.-]{0,79})?$/

/** What Ollama itself takes for a model that runs at ollama.com. */
export const isCloud = (name: string): boolean => /:(?:cloud|[^/:]*-cloud)$/i.test(name)

const library = (name: string): string | InstallError => {
  if (isCloud(name)) {
    return unsupported(`"${name}" runs at ollama.com on somebody's account: choose a model that runs on this machine`)
  }
  if (libraryName.test(name)) return name
  return unsupported(`"${name}" is no name of Ollama's library: expected one like "qwen3:4b" or "someone/model:tag"`)
}

const validTag = /^\w[\w.-]{0,79}$/
/** The quantisation at the end of a file name, which Hugging Face takes for a tag as well. */
const quantization = /[-._ ]((?:UD-)?(?:IQ|Q|TQ|BF|F|MXFP)\d+\w*)\.gguf$/i

/** The file itself is a tag to Hugging Face; where Ollama does not take it as one, its quantisation may stand for it. */
const huggingFace = (repository: string, file: string): string | InstallError => {
  if (!/^\w[\w-]{0,79}\/\w[\w.-]{0,79}$/.test(repository)) {
    return unsupported(`Ollama cannot pull from the repository "${repository}": its name has signs that Ollama refuses`)
  }
  if (!/\.gguf$/i.test(file)) return unsupported(`"${file}" is not a GGUF file, and Ollama runs no others`)
  if (/-\d{5}-of-\d{5}\.gguf$/i.test(file)) {
    return unsupported(
      `"${file}" is one of several parts, which Ollama cannot pull: choose a file that is in one piece`
    )
  }
  if (file.includes("/")) {
    return unsupported(
      `"${file}" is in a folder, where Ollama does not find it: choose a file at the top of a repository`
    )
  }
  const tag = validTag.test(file) ? file : quantization.exec(file)?.[1]
  if (tag === undefined) return unsupported(`Ollama cannot name the file "${file}": choose one with a shorter name`)
  return `hf.co/${repository}:${tag}`
}

export const pullName = (source: ModelSource): string | InstallError => {
  switch (source._tag) {
    case "Library":
      return library(source.name)
    case "HuggingFace":
      return huggingFace(source.repository, source.file)
    case "Url":
    case "Path":
      return unsupported(
        'Ollama takes models from its library or from Hugging Face: make others known to it with "ollama create"'
      )
  }
}
