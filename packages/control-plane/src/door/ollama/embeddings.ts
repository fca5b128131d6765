/** Vectors as Ollama's clients expect them. */
import type { JobResult } from "@infernet/contract/Job"
import type { OllamaEmbeddings } from "@infernet/contract/OllamaAnswer"
import type { Entry } from "../../job/JobLog.ts"
import { vectorsIn } from "../../job/vectors.ts"
import type { JobFacts } from "../Exchange.ts"

const vectorsOf = (job: JobFacts, log: Iterable<Entry>, texts: number): ReadonlyArray<ReadonlyArray<number>> => {
  const vectors = vectorsIn(log, texts)
  // They were looked at when they came.
  if (typeof vectors === "string") throw new Error(`job ${job.id} has ${vectors}`)
  return vectors.map((vector) => Array.from(vector))
}

/** One vector a text. `took` tells, once it is there, how many nanoseconds the answer took. */
export const embeddings =
  (model: string, texts: number, took: () => number) =>
  (job: JobFacts, { usage }: JobResult, log: Iterable<Entry>): OllamaEmbeddings => ({
    model,
    embeddings: vectorsOf(job, log, texts),
    total_duration: took(),
    load_duration: 0,
    prompt_eval_count: usage.prompt_tokens
  })

/** The one vector of the one text that there was before `/api/embed`. */
export const embedding = (job: JobFacts, _result: JobResult, log: Iterable<Entry>) => ({
  embedding: vectorsOf(job, log, 1)[0] ?? []
})
