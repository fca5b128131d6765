/**
 * Whose copies of a model are the model.
 *
 * A name alone proves nothing: anybody may publish a `Qwen2.5-7B-Instruct`. Only these names are dropped from a model's;
 * any other stays a part of it, so that a stranger's model never passes for the one that everybody means.
 */

/** Those who make models and publish them under names of their own. */
const makers = `01-ai allenai baai bigcode codellama cohereforai coherelabs deepseek-ai facebook google huggingfaceh4
  huggingfacetb ibm-granite internlm lgai-exaone liquidai meta-llama microsoft mistralai mixedbread-ai moonshotai
  nomic-ai nvidia openai qwen sentence-transformers stabilityai tiiuae tinyllama xai-org zai-org`

/** Those who publish other people's models, quantised or converted, under the names that these gave them. */
const converters = `bartowski casperhansen ggml-org hugging-quants ista-daslab lmstudio-community maziyarpanahi
  mlx-community mradermacher neuralmagic nousresearch quantfactory redhatai second-state solidrust thebloke unsloth`

const known = new Set(`${makers} ${converters}`.split(/\s+/))

export const isKnownPublisher = (publisher: string): boolean => known.has(publisher)

/** Converters repeat the maker before the name, as in `Qwen_Qwen3-8B-GGUF`. */
const repeated =
  /^(?:qwen-(?=qw)|google-(?=gemma)|meta-llama-(?=llama|meta-llama)|microsoft-(?=phi)|openai-(?=gpt-oss)|deepseek-ai-(?=deepseek)|mistralai-(?=mi[sx]tral|codestral|devstral|ministral|magistral)|ibm-granite-(?=granite))/

export const withoutMaker = (name: string): string => {
  const rest = name.replace(repeated, "")
  return rest === name ? name : withoutMaker(rest)
}
