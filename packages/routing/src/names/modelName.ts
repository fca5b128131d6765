/**
 * One model, however it is spelled: Ollama's tags, Hugging Face's ids and GGUF file names as one name and a quantisation.
 *
 * Never by guess: two names that may mean different models stay apart, as a model listed twice harms less than an answer
 * by another model than was asked for. Pure; the same name comes of a name that came of it.
 */
import { families, releasedAs, respell } from "./families.ts"
import { isKnownPublisher, withoutMaker } from "./publishers.ts"
import { type Cut, cut } from "./quantization.ts"

export interface ModelName {
  /** Lower case, without quantisation: `qwen2.5-7b-instruct`. A publisher that is not known is a part of it. */
  readonly model: string
  /** `q4_k_m`, `fp8`, `awq` … */
  readonly quantization?: string
  /** The quantisation is what this spelling means by convention, not what it says. */
  readonly assumed?: true
  /** As in the name: `qwen`, `bartowski`. */
  readonly publisher?: string
}

const quantized = (model: string, quantization: string | undefined, usual?: string): ModelName => {
  if (quantization !== undefined) return { model, quantization }
  return usual === undefined ? { model } : { model, quantization: usual, assumed: true }
}

/** A tag with such a word says which variant it is, as names at Hugging Face do. */
const variant = /(?:^|-)(?:instruct|it|chat|base|text|pt|code|python|thinking|reasoning|vision|distill)(?:-|$)/

/** A name of Ollama's own library. */
const ofLibrary = (name: string, { quantization, rest }: Cut): ModelName => {
  const family = families.get(name)
  const tag = rest === "" || rest === "latest" ? family?.latest : rest
  if (tag === undefined) return quantized(respell(name), quantization)
  const known = family?.models.get(tag)
  if (known !== undefined) return quantized(known, quantization, family?.quantization)
  // `falcon:7b` keeps its colon: whether it is `falcon-7b` only Ollama knows.
  return quantized(variant.test(tag) ? respell(`${name}-${tag}`) : `${name}:${tag}`, quantization)
}

/** A name of Hugging Face's, or of a file. */
const ofHub = (publisher: string | undefined, name: string, tagged?: string): ModelName => {
  const own = cut(name)
  if (own.rest === "") return { model: publisher === undefined ? name : `${publisher}/${name}` }
  const quantization = tagged ?? own.quantization
  if (publisher !== undefined && !isKnownPublisher(publisher)) {
    return { ...quantized(`${publisher}/${own.rest}`, quantization), publisher }
  }
  const bare = withoutMaker(own.rest)
  const library =
    families.get(bare)?.latest === undefined ? undefined : ofLibrary(bare, { rest: "latest", quantization })
  if (publisher === undefined) return library ?? quantized(respell(bare), quantization)
  // `deepseek-ai/DeepSeek-R1` is not what Ollama calls `deepseek-r1`.
  if (library !== undefined && library.model !== bare) {
    return { ...quantized(`${publisher}/${bare}`, quantization), publisher }
  }
  return { ...quantized(respell(bare), quantization, releasedAs.get(`${publisher}/${bare}`)), publisher }
}

/** A name with a tag under somebody's name: a user's at Ollama, or a provider's own kind of tag. */
const ofUser = (publisher: string, name: string, tag: Cut): ModelName => {
  if (tag.rest === "" || tag.rest === "latest") return ofHub(publisher, name, tag.quantization)
  return { ...quantized(`${publisher}/${name}:${tag.rest}`, tag.quantization), publisher }
}

const hub = /^(?:https?:\/\/)?(?:hf\.co|huggingface\.co)\//
const ollama = /^(?:registry\.ollama\.ai\/)?library\/|^registry\.ollama\.ai\//
const file = /(?:-\d{5}-of-\d{5})?(?:\.gguf)?$/

/** The model that a spelling names. Gives a name for any text, an unknown one to itself in lower case. */
export const nameOf = (spelling: string): ModelName => {
  const path = spelling
    .toLowerCase()
    .trim()
    .replaceAll(/[-_\s]+/g, "-")
    .replace(file, "")
  const local = path.replace(ollama, "").replace(hub, "")
  const slash = local.lastIndexOf("/")
  const publisher = slash === -1 ? undefined : local.slice(0, slash)
  const last = local.slice(slash + 1)
  const colon = last.indexOf(":")
  if (colon === -1) return ofHub(publisher, last)
  const name = last.slice(0, colon)
  const tag = cut(last.slice(colon + 1))
  if (hub.test(path)) {
    // After a repository at Hugging Face stands a quantisation, or the name of one of its files.
    return tag.rest === "" || tag.rest === "latest"
      ? ofHub(publisher, name, tag.quantization)
      : ofHub(publisher, last.slice(colon + 1))
  }
  return publisher === undefined ? ofLibrary(withoutMaker(name), tag) : ofUser(publisher, name, tag)
}
