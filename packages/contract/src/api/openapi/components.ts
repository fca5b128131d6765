/** The schemas that have names of their own in `/openapi.json`, and so in clients made from it. */
import { type Schema } from "effect"
import * as Account from "../../Account.ts"
import * as Anthropic from "../../Anthropic.ts"
import * as AnthropicAnswer from "../../AnthropicAnswer.ts"
import * as Chat from "../../Chat.ts"
import * as Command from "../../Command.ts"
import * as Job from "../../Job.ts"
import * as Ledger from "../../Ledger.ts"
import { Limits } from "../../Limits.ts"
import { LinkCodeCreated } from "../../LinkCode.ts"
import { Logprobs, TokenLogprob } from "../../Logprobs.ts"
import * as Node from "../../Node.ts"
import { Price } from "../../Price.ts"
import * as Receipt from "../../Receipt.ts"
import { QuoteView } from "../../Quote.ts"
import * as Ollama from "../../Ollama.ts"
import * as OllamaAnswer from "../../OllamaAnswer.ts"
import * as OpenAi from "../../OpenAi.ts"
import * as Embedding from "../../OpenAiEmbedding.ts"
import * as Text from "../../OpenAiText.ts"
import * as Responses from "../../Responses.ts"
import * as ResponseObject from "../../ResponseObject.ts"
import { InputItem } from "../../ResponsesInput.ts"
import * as Session from "../../Session.ts"
import { Usage, UsageLine } from "../../Usage.ts"
import { ApiKeyPage, OwnAccount } from "../Account.ts"
import { CommandPage, NodeDetails } from "../Commands.ts"
import { JobEvent, JobPage } from "../Jobs.ts"
import { Info, ModelView } from "../Network.ts"
import { ReceiptPage } from "../Receipts.ts"

const named: Readonly<Record<string, Schema.Top>> = {
  ChatMessage: Chat.Message,
  Tool: Chat.Tool,
  ToolChoice: Chat.ToolChoice,
  ToolCall: Chat.ToolCall,
  ToolCallDelta: Chat.ToolCallDelta,
  ResponseFormat: Chat.ResponseFormat,
  TokenUsage: Chat.Usage,
  TokenLogprob,
  Logprobs,
  SubmitJob: Job.SubmitJob,
  JobAccepted: Job.JobAccepted,
  JobResult: Job.JobResult,
  Attempt: Job.AttemptView,
  Job: Job.JobView,
  JobPage,
  JobEvent,
  ReceiptView: Receipt.ReceiptView,
  ReceiptPage,
  ReceiptSummary: Receipt.ReceiptSummary,
  Receipt: Receipt.Receipt,
  Bill: Receipt.Bill,
  BillOffer: Receipt.BillOffer,
  JobUsage: Receipt.JobUsage,
  ChannelTerms: Receipt.ChannelTerms,
  Price,
  Quote: QuoteView,
  Model: ModelView,
  Info,
  Node: Node.NodeView,
  NodeDetails,
  NodeState: Node.NodeState,
  Hardware: Node.Hardware,
  GpuReading: Node.GpuReading,
  BackendStatus: Node.BackendStatus,
  ModelOffer: Node.ModelOffer,
  Registration: Node.Registration,
  Heartbeat: Node.Heartbeat,
  HeartbeatReply: Node.HeartbeatReply,
  Rotation: Node.Rotation,
  Rotated: Node.Rotated,
  IssueCommand: Command.IssueCommand,
  Command: Command.CommandView,
  CommandPage,
  CommandProgress: Command.CommandProgress,
  CommandReport: Command.CommandReport,
  CommandAck: Command.CommandAck,
  CommandForNode: Command.Command,
  Account: Account.AccountView,
  OwnAccount,
  Limits,
  Balance: Ledger.BalanceView,
  LedgerEntry: Ledger.EntryView,
  LedgerPage: Ledger.LedgerPage,
  ApiKey: Account.ApiKeyView,
  ApiKeyCreated: Account.ApiKeyCreated,
  ApiKeyPage,
  CreateApiKey: Account.CreateApiKey,
  Usage,
  UsageLine,
  LinkCodeCreated,
  ChallengeRequest: Session.ChallengeRequest,
  Challenge: Session.Challenge,
  SignedMessage: Session.SignedMessage,
  Session: Session.SessionView,
  SessionToken: Session.SessionToken,
  SignedIn: Session.SignedIn,
  SignInLink: Session.SignInLink,
  WalletList: Session.WalletList,
  ChatCompletionRequest: OpenAi.ChatCompletionRequest,
  ChatCompletion: OpenAi.ChatCompletion,
  CompletionUsage: OpenAi.CompletionUsage,
  OpenAiModel: OpenAi.ModelObject,
  OpenAiModelList: OpenAi.ModelList,
  CompletionRequest: Text.TextCompletionRequest,
  Completion: Text.TextCompletion,
  EmbeddingsRequest: Embedding.EmbeddingsRequest,
  Embeddings: Embedding.Embeddings,
  CreateResponse: Responses.CreateResponse,
  ResponseInputItem: InputItem,
  Response: ResponseObject.ResponseObject,
  ResponseItem: ResponseObject.OutputItem,
  AnthropicMessagesRequest: Anthropic.MessagesRequest,
  AnthropicMessageParam: Anthropic.MessageParam,
  AnthropicCountTokensRequest: Anthropic.CountTokensRequest,
  AnthropicMessage: AnthropicAnswer.Message,
  AnthropicModel: AnthropicAnswer.ModelInfo,
  AnthropicModelPage: AnthropicAnswer.ModelPage,
  OllamaChatRequest: Ollama.OllamaChatRequest,
  OllamaMessage: Ollama.OllamaMessage,
  OllamaGenerateRequest: Ollama.OllamaGenerateRequest,
  OllamaChatAnswer: OllamaAnswer.OllamaChatAnswer,
  OllamaGenerateAnswer: OllamaAnswer.OllamaGenerateAnswer,
  OllamaModel: OllamaAnswer.OllamaModel,
  OllamaShown: OllamaAnswer.OllamaShown
}

/** Under their names only here: in a message about a wrong request they would say less than what they are made of. */
export const components = Object.entries(named).map(([identifier, schema]) => schema.annotate({ identifier }))
