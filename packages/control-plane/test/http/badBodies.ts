/** Bodies that no chat has, as a whole and field by field. */
import { chat } from "./client.ts"

export const json = { "content-type": "application/json" }

/** Bodies that are wrong as a whole: what is sent, and the status and code of the answer. */
export const bodies = [
  ["broken JSON", { body: '{"model":', headers: json }, 400, "bad_request"],
  ["no body", { method: "POST", headers: json }, 400, "bad_request"],
  ["a bare number", { body: "1e999", headers: json }, 400, "bad_request"],
  ["100,000 levels of lists", { body: "[".repeat(100_000), headers: json }, 400, "bad_request"],
  ["100,000 levels of objects", { body: '{"a":'.repeat(100_000), headers: json }, 400, "bad_request"],
  ["invalid UTF-8", { body: new Uint8Array([0x7b, 0xc3, 0x28, 0x7d]), headers: json }, 400, "bad_request"],
  ["UTF-16", { body: new Uint8Array([0xff, 0xfe, 0x7b, 0, 0x7d, 0]), headers: json }, 400, "bad_request"],
  ["plain text", { body: "{}", headers: { "content-type": "text/plain" } }, 400, "bad_request"],
  [
    "another type in the name of JSON",
    { body: "{}", headers: { "content-type": "application/jsonp" } },
    400,
    "bad_request"
  ],
  ["an unknown model", { json: { ...chat(), model: "../../etc" } }, 404, "model_not_found"],
  ["21 MiB", { json: chat("x".repeat(21 << 20)) }, 413, "payload_too_large"]
] as const

/** Each field of a chat with a value it cannot have. */
export const fields: ReadonlyArray<readonly [string, unknown]> = [
  ["model", 5],
  ["model", ""],
  ["model", "a\u0000b"],
  ["model", "m".repeat(257)],
  ["messages", "hi"],
  ["messages", []],
  ["messages[0]", ["hi"]],
  ["max_tokens", -1],
  ["max_tokens", 1e20],
  ["max_tokens", 1.5],
  ["temperature", "hot"],
  ["temperature", -0.1],
  ["top_p", 1.1],
  ["frequency_penalty", 3],
  ["presence_penalty", -3],
  ["stop", 7],
  ["stop", []],
  ["seed", 0.5],
  ["seed", 1e300],
  ["tools", {}],
  ["tools", Array.from({ length: 1_025 }, () => ({ type: "function", function: { name: "f" } }))],
  ["tool_choice", 1],
  ["response_format", "json"],
  ["stream", "yes"],
  ["metadata", 7]
]

export const withField = ([name, value]: readonly [string, unknown]) =>
  name === "messages[0]" ? chat("", { messages: value }) : chat("", { [name]: value })
