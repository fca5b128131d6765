/** How a model is told a chat: its wrapper, the history for it, and the tokens that both come to. */
import type { ChatRequest } from "@infernet/contract/Chat"
import {
  type ChatHistoryItem,
  type ChatWrapper,
  type ChatWrapperGenerateContextStateOptions,
  type ChatWrapperGeneratedContextState,
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

/** The same wrapper, with another start of the answer. */
const starting = (
  wrapper: ChatWrapper,
  start: (state: ChatWrapperGeneratedContextState) => ChatWrapperGeneratedContextState
): ChatWrapper =>
  Object.create(wrapper, {
    generateContextState: {
      value: (options: ChatWrapperGenerateContextStateOptions) => start(wrapper.generateContextState(options))
    }
  })

/** The answer is a tool call from the start: the model can only choose which tool, and with what. */
const forced = ({ contextText, ignoreStartText, stopGenerationTriggers }: ChatWrapperGeneratedContextState) => ({
  contextText,
  stopGenerationTriggers,
  ...(ignoreStartText !== undefined && { ignoreStartText }),
  functionCall: { initiallyEngaged: true, disengageInitiallyEngaged: [] }
})

/** A space at the start of the rest of an answer belongs to it. */
const goingOn = (state: ChatWrapperGeneratedContextState): ChatWrapperGeneratedContextState =>
  state.ignoreStartText === undefined ? state : { ...state, ignoreStartText: [] }

const started = (wrapper: ChatWrapper, history: ReadonlyArray<ChatHistoryItem>, calling: Calling | undefined) => {
  if (calling?.forced === true) return starting(wrapper, forced)
  const last = history.at(-1)
  return last?.type === "model" && typeof last.response.at(-1) === "string" ? starting(wrapper, goingOn) : wrapper
}

const prompted = (
  model: LlamaModel,
  usual: ChatWrapper,
  history: ReadonlyArray<ChatHistoryItem>,
  calling: Calling | undefined
): Prompted => {
  const wrapper = started(usual, history, calling)
  const { contextText } = wrapper.generateContextState({
    chatHistory: history,
    ...(calling !== undefined && { availableFunctions: calling.functions })
  })
  return { wrapper, history, tokens: contextText.tokenize(model.tokenizer) }
}

const demo =
  (model: LlamaModel): Prompter =>
  (request, calling) =>
    prompted(model, new Prompt(request, calling?.tools ?? []), [{ type: "model", response: [] }], calling)

const general = (model: LlamaModel): Prompter => {
  let wrapper: ChatWrapper | undefined
  return (request, calling) => {
    // Once a model and at its first chat: working a template out takes from 0.7 to 4 seconds.
    wrapper ??= resolveChatWrapper(model, { warningLogs: false })
    const described = new Map(
      (calling?.tools ?? []).flatMap(({ function: { description, name } }) =>
        description === undefined ? [] : [[name, description]]
      )
    )
    return prompted(model, wrapper, historyOf(request.messages, described), calling)
  }
}

export const make = (model: LlamaModel, kind: Blueprint["kind"]): Prompter => (kind === "demo" ? demo : general)(model)
