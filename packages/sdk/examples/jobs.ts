import { Infernet, ModelNotFoundError } from "@infernet/sdk"

const infernet = new Infernet()
const model = process.argv[2] ?? "tiny"
const messages = [{ role: "user", content: "Summarise my day." }] as const

for (const { id, nodes } of await infernet.models.list()) console.log(`${id} on ${nodes} node(s)`)

// One job however often it is submitted: the key says which.
const submitted = await infernet.jobs.submit({ model, messages }, { idempotencyKey: "day-2026-11-22" })
const job = await infernet.jobs.wait(submitted.id)
console.log(job.status, job.result?.content)

for await (const { status } of infernet.jobs.list({ limit: 10 })) console.log(`listed: ${status}`)

try {
  await infernet.jobs.submit({ model: "no-such-model", messages })
} catch (error) {
  if (!(error instanceof ModelNotFoundError)) throw error
  console.log(error.code, error.status)
}
