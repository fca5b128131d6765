/** The conversation as a program that asks the same. */
import type { ChatParams } from "@infernet/sdk"

export interface Snippet {
  readonly name: string
  readonly text: string
}

/** JSON, moved in by so many spaces after its first line. */
const json = (value: unknown, indent: number): string =>
  JSON.stringify(value, null, 2).replaceAll("\n", `\n${" ".repeat(indent)}`)

/** As one word of a shell. */
const quoted = (text: string): string => `'${text.replaceAll("'", `'\\''`)}'`

export const snippets = (params: ChatParams, url: string): ReadonlyArray<Snippet> => [
  {
    name: "curl",
    text: [
      `curl -N ${url}/v1/chat/completions \\`,
      `  -H "Authorization: Bearer $INFERNET_BEARER_TOKEN" \\`,
      `  -H "Content-Type: application/json" \\`,
      `  -d ${quoted(JSON.stringify({ ...params, stream: true }, null, 2))}`
    ].join("\n")
  },
  {
    name: "OpenAI SDK",
    text: [
      `import OpenAI from "openai"`,
      ``,
      `const client = new OpenAI({ baseURL: "${url}/v1", apiKey: process.env.INFERNET_BEARER_TOKEN })`,
      `const stream = await client.chat.completions.create(${json({ ...params, stream: true }, 0)})`,
      `for await (const chunk of stream) process.stdout.write(chunk.choices[0]?.delta.content ?? "")`
    ].join("\n")
  },
  {
    name: "Infernet SDK",
    text: [
      `import { Infernet } from "@infernet/sdk"`,
      ``,
      `const infernet = new Infernet({ baseUrl: "${url}" })`,
      `for await (const { text } of infernet.chat.stream(${json(params, 0)})) process.stdout.write(text ?? "")`
    ].join("\n")
  },
  {
    name: "Ollama",
    text: [
      `curl -N ${url}/api/chat \\`,
      `  -H "Authorization: Bearer $INFERNET_BEARER_TOKEN" \\`,
      `  -d ${quoted(JSON.stringify({ model: params.model, messages: params.messages }, null, 2))}`
    ].join("\n")
  }
]
