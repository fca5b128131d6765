/** Items that a request only refers to: they are read from the jobs that gave them. */
import { BadRequest, type NotFound, type Unavailable } from "@infernet/contract/ApiError"
import { JobId } from "@infernet/contract/Id"
import type { OutputItem } from "@infernet/contract/ResponseObject"
import type { InputItem, ItemReference } from "@infernet/contract/ResponsesInput"
import { Effect, Option, Schema } from "effect"
import type { StoredJob } from "../../../job/JobStore.ts"
import type { GivenItem } from "./messages.ts"
import { storedResponse } from "./stored.ts"

/** Jobs that one request may have read for it; a conversation that is longer sends its items itself. */
const jobsAtMost = 64
const atOnce = 8

const isReference = (item: InputItem): item is ItemReference => item.type === "item_reference"

const decodeJobId = Schema.decodeUnknownOption(JobId)

/** The job in the middle of an item's id. */
const jobIdOf = (id: string): JobId | undefined =>
  Option.getOrUndefined(decodeJobId(`job_${/^[a-z]+_([^_]+)_\d+$/.exec(id)?.[1]}`))

const unknownItem = (index: number, id: string) =>
  new BadRequest({
    field: `input[${index}].id`,
    error_message: `input[${index}].id: no answer of yours has the item ${id.slice(0, 80)}: send the item itself`
  })

const tooMany = new BadRequest({
  field: "input",
  error_message: `input: it refers to items of more than ${jobsAtMost} answers: send the items themselves (store: false)`
})

const referredTo = (input: ReadonlyArray<InputItem>): ReadonlySet<JobId> =>
  new Set(input.flatMap((item) => (isReference(item) ? (jobIdOf(item.id) ?? []) : [])))

/** The input with nothing only referred to; `find` finds the caller's own jobs. */
export const resolve = Effect.fnUntraced(function* (
  input: string | ReadonlyArray<InputItem>,
  find: (id: JobId) => Effect.Effect<StoredJob, NotFound | Unavailable>
) {
  if (typeof input === "string") return input
  const ids = referredTo(input)
  if (ids.size > jobsAtMost) return yield* tooMany
  const itemsOf = (id: JobId) =>
    find(id).pipe(
      Effect.map((job) => storedResponse(job).output),
      Effect.catchIf(
        (error): error is NotFound => error._tag === "NotFound",
        () => Effect.succeed<ReadonlyArray<OutputItem>>([])
      )
    )
  const found = yield* Effect.forEach(ids, itemsOf, { concurrency: atOnce })
  const items = new Map(found.flat().map((item) => [item.id, item]))
  const given: Array<GivenItem> = []
  for (const [index, item] of input.entries()) {
    const itself = isReference(item) ? items.get(item.id) : item
    if (itself === undefined) return yield* unknownItem(index, isReference(item) ? item.id : "")
    given.push(itself)
  }
  return given
})
