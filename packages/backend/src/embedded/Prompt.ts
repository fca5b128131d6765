/**
 * A chat as the model was trained to read it: ChatML, tools in `<tools>`, calls in `<tool_call>`.
 *
 * The model file carries the same as a Jinja template; working that template out costs node-llama-cpp 0.7 s at each start.
 */
import type { ChatRequest, Message, Tool } from "@infernet/contract/Chat"
import {
  ChatWrapper,
  type ChatWrapperGenerateContextStateOptions,
  jsonDumps,
  LlamaText,
  SpecialTokensText
} from "node-llama-cpp"
import { textOf } from "./textOf.ts"

const toolsText = (tools: ReadonlyArray<Tool>): string => {
  const lines = tools.map(({ function: { description, name, parameters }, type }) =>
    jsonDumps({ type, function: { name, description, parameters } })
  )
  return `\n\nYou may call these tools:\n<tools>\n${lines.join("\n")}\n</tools>\nTo call a tool, answer with <tool_call>{"name": ..., "arguments": ...}</tool_call>.`
}

/** Only what we write ourselves is read for special tokens; what a client wrote stays plain text. */
const special = (text: string) => new SpecialTokensText(text)
const turn = (role: string, text: string) => [special(`<|im_start|>${role}\n`), text, special("<|im_end|>\n")]

const callsText = (message: Extract<Message, { role: "assistant" }>): string =>
  (message.tool_calls ?? [])
    .map(
      ({ function: call }) =>
        `<tool_call>\n{"name": "${call.name}", "arguments": ${argumentsText(call.arguments)}}\n</tool_call>`
    )
    .join("\n")

const argumentsText = (text: string): string => {
  try {
    return jsonDumps(JSON.parse(text))
  } catch {
    // A client may send back anything; the model reads it as it is.
    return text
  }
}

const rendered = (messages: ReadonlyArray<Message>, tools: ReadonlyArray<Tool>) => {
  const [first] = messages
  const leads = first?.role === "system" || first?.role === "developer"
  const lead = leads ? textOf(first.content) : tools.length > 0 ? "You are a helpful assistant." : undefined
  const system = lead === undefined ? [] : turn("system", tools.length > 0 ? lead + toolsText(tools) : lead)
  const rest = leads ? messages.slice(1) : messages
  return [
    ...system,
    ...rest.flatMap((message, i) => {
      if (message.role === "tool") {
        const opens = rest[i - 1]?.role !== "tool"
        const closes = rest[i + 1]?.role !== "tool"
        return [
          special(`${opens ? "<|im_start|>user" : ""}\n<tool_response>\n`),
          textOf(message.content),
          special(`\n</tool_response>${closes ? "<|im_end|>\n" : ""}`)
        ]
      }
      if (message.role !== "assistant")
        return turn(message.role === "user" ? "user" : "system", textOf(message.content))
      return turn("assistant", [textOf(message.content), callsText(message)].filter((text) => text !== "").join("\n"))
    })
  ]
}

export class Prompt extends ChatWrapper {
  readonly wrapperName = "tiny-demo"
  override readonly settings = {
    supportsSystemMessages: true,
    functions: {
      call: {
        optionalPrefixSpace: true,
        prefix: '<tool_call>\n{"name": "',
        paramsPrefix: '", "arguments": ',
        suffix: "}\n</tool_call>",
        emptyCallParamsPlaceholder: {}
      },
      result: { prefix: "\n<tool_response>\n", suffix: "\n</tool_response>" },
      parallelism: {
        call: { sectionPrefix: "", betweenCalls: "\n", sectionSuffix: LlamaText(special("<|im_end|>\n")) }
      }
    },
    segments: {}
  }

  readonly text: LlamaText

  constructor(request: ChatRequest, tools: ReadonlyArray<Tool>) {
    super()
    const { messages } = request
    const last = messages.at(-1)
    // An answer that was begun elsewhere is gone on with.
    const begun = last?.role === "assistant" && last.tool_calls === undefined ? textOf(last.content) : undefined
    const said = begun === undefined ? messages : messages.slice(0, -1)
    this.text = LlamaText([...rendered(said, tools), special("<|im_start|>assistant\n"), begun ?? ""])
  }

  /** The whole conversation is in `text` already: of the history given here only the answer so far is new. */
  override generateContextState({ chatHistory }: ChatWrapperGenerateContextStateOptions) {
    const answer = chatHistory.at(-1)
    const soFar = answer?.type === "model" ? this.generateModelResponseText(answer.response) : ""
    return {
      contextText: LlamaText([this.text, soFar]),
      stopGenerationTriggers: [LlamaText(special("<|im_end|>")), LlamaText("<|im_end|>")]
    }
  }
}
