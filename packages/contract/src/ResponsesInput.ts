/** What clients send as `input` at OpenAI's responses door: messages, and what earlier answers said and called for. */
import { Schema } from "effect"
import { ImagePart, ToolCall } from "./Chat.ts"

// Of the forms of a part this is the one that a wrong type is held against: what it says is said for all.
const InputText = Schema.Struct({
  type: Schema.Literals(["input_text", "output_text"]).annotate({
    message: "expected input_text, or input_image in a user's message: models here read no files and hear nothing"
  }),
  text: Schema.String
})

const InputImage = Schema.Struct({
  type: Schema.Literal("input_image"),
  file_id: Schema.optionalKey(
    Schema.Null.annotate({ message: "no files are kept here: send the image itself, as a data: URL in image_url" })
  ),
  image_url: ImagePart.fields.image_url.fields.url,
  detail: Schema.optionalKey(Schema.NullOr(Schema.Literals(["auto", "low", "high", "original"])))
})

const Refusal = Schema.Struct({ type: Schema.Literal("refusal"), refusal: Schema.String })

/** Of the forms of an item this is the one that a wrong type or role is held against: what it says is said for all. */
const SystemItem = Schema.Struct({
  type: Schema.optionalKey(
    Schema.Literal("message").annotate({
      message:
        "expected message, function_call, function_call_output, reasoning or item_reference: none of OpenAI's own tools " +
        "has run here, and nothing was compacted"
    })
  ),
  role: Schema.Literals(["system", "developer"]).annotate({
    message: "expected system, developer, user or assistant"
  }),
  content: Schema.Union([Schema.String, Schema.Array(InputText)])
})

const UserItem = Schema.Struct({
  type: Schema.optionalKey(Schema.Literal("message")),
  role: Schema.Literal("user"),
  content: Schema.Union([Schema.String, Schema.Array(Schema.Union([InputText, InputImage]))])
})

/** Written by the client, or the message of an earlier answer as it was. */
const AssistantItem = Schema.Struct({
  type: Schema.optionalKey(Schema.Literal("message")),
  role: Schema.Literal("assistant"),
  content: Schema.Union([Schema.String, Schema.Array(Schema.Union([InputText, Refusal]))])
})

const FunctionCallItem = Schema.Struct({
  type: Schema.Literal("function_call"),
  call_id: ToolCall.fields.id,
  name: Schema.String,
  arguments: Schema.String
})

const FunctionCallOutputItem = Schema.Struct({
  type: Schema.Literal("function_call_output"),
  call_id: ToolCall.fields.id,
  output: Schema.Union([Schema.String, Schema.Array(InputText)])
})

/** Taken, so that an answer can be sent back as it came, and left out: models here are not shown earlier thoughts. */
const ReasoningItem = Schema.Struct({ type: Schema.Literal("reasoning") })

/** An item of an earlier answer, by its id: it is read from the job that gave the answer. */
const ItemReference = Schema.Struct({ type: Schema.Literal("item_reference"), id: Schema.String })
export type ItemReference = typeof ItemReference.Type

export const InputItem = Schema.Union([
  SystemItem,
  UserItem,
  AssistantItem,
  FunctionCallItem,
  FunctionCallOutputItem,
  ReasoningItem,
  ItemReference
])
export type InputItem = typeof InputItem.Type
