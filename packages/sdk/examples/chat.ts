import { Infernet } from "@infernet/sdk"

const infernet = new Infernet()

const { content, usage } = await infernet.chat({
  model: process.argv[2] ?? "tiny",
  messages: [{ role: "user", content: "Why is the sky blue?" }]
})
console.log(content)
console.log(`${usage.total_tokens} tokens`)
