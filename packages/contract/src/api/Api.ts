/** The whole HTTP contract of a control plane: `/openapi.json` and `/docs` are made from it. */
import { HttpApi, OpenApi } from "effect/http-api"
import { AnthropicGroup } from "./AnthropicDoor.ts"
import { AccountGroup, KeysGroup } from "./Account.ts"
import { CommandsGroup } from "./Commands.ts"
import { JobsGroup, QuotesGroup } from "./Jobs.ts"
import { JoiningGroup } from "./Joining.ts"
import { ModelsGroup, NodesGroup, PublicGroup } from "./Network.ts"
import { NodeApiGroup, RotationGroup } from "./NodeApi.ts"
import { OllamaGroup } from "./OllamaDoor.ts"
import { OpenAiGroup } from "./OpenAiDoor.ts"
import { ResponsesGroup } from "./ResponsesDoor.ts"
import { completed } from "./openapi/completed.ts"
import { components } from "./openapi/components.ts"
import { ReceiptsGroup } from "./Receipts.ts"
import { SessionGroup, SessionsGroup } from "./Session.ts"

export class Api extends HttpApi.make("infernet")
  .add(JobsGroup)
  .add(QuotesGroup)
  .add(ReceiptsGroup)
  .add(ModelsGroup)
  .add(PublicGroup)
  .add(NodesGroup)
  .add(CommandsGroup)
  .add(AccountGroup)
  .add(KeysGroup)
  .add(SessionGroup)
  .add(SessionsGroup)
  .add(JoiningGroup)
  .add(NodeApiGroup)
  .add(RotationGroup)
  .add(OpenAiGroup)
  .add(ResponsesGroup)
  .add(AnthropicGroup)
  .add(OllamaGroup)
  .annotate(HttpApi.AdditionalSchemas, components)
  .annotateMerge(
    OpenApi.annotations({
      title: "Infernet",
      version: "1.0.0",
      description: "A network that sells LLM inference. Clients use bearer keys; nodes sign their requests.",
      license: { name: "MIT" },
      servers: [{ url: "/", description: "This control plane" }],
      transform: completed
    })
  ) {}
