import { Infernet } from "@infernet/sdk"

const infernet = new Infernet()

const stream = infernet.chat.stream({
  model: process.argv[2] ?? "tiny",
  messages: [{ role: "user", content: "Tell me a story." }]
})
for await (const event of stream) process.stdout.write(event.text ?? "")

const { finish_reason, job } = await stream.result()
console.log(`\n${finish_reason}, ${job.cost_micros} µUSDC`)
