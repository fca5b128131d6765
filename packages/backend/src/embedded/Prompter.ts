/** How a model is told a chat: its wrapper, the history for it, and the tokens that both come to. */
import type { ChatRequest } from "@infernet/contract/Chat"
import {
  type ChatHistoryItem,
  type ChatWrapper,
  type ChatWrapperGenerateContextStateOptions,
  GeneralChatWrapper,
  type LlamaModel,
  resolveChatWrapper,
  type Token
} from "node-llama-cpp"
import { historyOf } from "./Conversation.ts"
import { Prompt } from "./Prompt.ts"
import type { Blueprint } from "./protocol.ts"
import type { Calling } from "./requestOptions.ts"

export interface Prompted {
  readonly wrapper: ChatWrapper
  readonly history: ReadonlyArray<ChatHistoryItem>
  readonly tokens: ReadonlyArray<Token>
}

export type Prompter = (request: ChatRequest, calling: Calling | undefined) => Prompted

/** The same wrapper, with the answer begun as a tool call: the model can only choose which tool, and with what. */
const forcing = (wrapper: ChatWrapper): ChatWrapper =>
  Object.create(wrapper, {
    generateContextState: {
      value: (options: ChatWrapperGenerateContextStateOptions) => {
        const { contextText, ignoreStartText, stopGenerationTriggers } = wrapper.generateContextState(options)
        return {
          contextText,
          stopGenerationTriggers,
          ...(ignoreStartText !== undefined && { ignoreStartText }),
          functionCall: { initiallyEngaged: true, disengageInitiallyEngaged: [] }
        }
      }
    }
  })

const prompted = (
  model: LlamaModel,
  wrapper: ChatWrapper,
  history: ReadonlyArray<ChatHistoryItem>,
  calling: Calling | undefined
): Prompted => {
  const used = calling?.forced === true ? forcing(wrapper) : wrapper
  const { contextText } = used.generateContextState({
    chatHistory: history,
    ...(calling !== undefined && { availableFunctions: calling.functions })
  })
  return { wrapper: used, history, tokens: contextText.tokenize(model.tokenizer) }
}

const demo =
  (model: LlamaModel): Prompter =>
  (request, calling) =>
    prompted(model, new Prompt(request, calling?.tools ?? []), [{ type: "model", response: [] }], calling)

const general = (model: LlamaModel): Prompter => {
  // Once a model: working a template out takes from 0.7 to 4 seconds.
  const wrapper = resolveChatWrapper(model, { warningLogs: false }) ?? new GeneralChatWrapper()
  return (request, calling) => {
    const described = new Map(
      (calling?.tools ?? []).flatMap(({ function: { description, name } }) =>
        description === undefined ? [] : [[name, description]]
      )
    )
    return prompted(model, wrapper, historyOf(request.messages, described), calling)
  }
}

export const make = (model: LlamaModel, kind: Blueprint["kind"]): Prompter => (kind === "demo" ? demo : general)(model)
