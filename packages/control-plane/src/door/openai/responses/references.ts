/** Items that a request only refers to: they are read from the jobs that gave them. */
import { BadRequest, type NotFound, type Unavailable } from "@infernet/contract/ApiError"
import { JobId } from "@infernet/contract/Id"
import type { OutputItem } from "@infernet/contract/ResponseObject"
import type { InputItem, ItemReference } from "@infernet/contract/ResponsesInput"
import { Effect, Option, Schema } from "effect"
import { limits } from "../../../http/body.ts"
import type { StoredJob } from "../../../job/JobStore.ts"
import type { GivenItem } from "./messages.ts"
import { storedResponse } from "./stored.ts"

/** Jobs that one request may have read for it; a conversation that is longer sends its items itself. */
const jobsAtMost = 64
const atOnce = 8

interface Found {
  readonly item: OutputItem
  readonly characters: number
}

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

/** Characters that references may come to: as much as a request itself may hold, as each is one request for a node. */
const charactersAtMost = limits.client << 20

const tooLong = new BadRequest({
  field: "input",
  error_message: `input: the items it refers to come to more than ${limits.client} MiB: leave some of them out`
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
  const items = new Map<string, Found>()
  let read = 0
  const readItems = Effect.fnUntraced(function* (id: JobId) {
    const job = yield* Effect.catchTag(find(id), "NotFound", () => Effect.succeed(undefined))
    for (const item of job === undefined ? [] : storedResponse(job).output) {
      const characters = JSON.stringify(item).length
      read += characters
      items.set(item.id, { item, characters })
    }
    if (read > charactersAtMost) return yield* tooLong
  })
  yield* Effect.forEach(ids, readItems, { concurrency: atOnce, discard: true })
  const given: Array<GivenItem> = []
  // A short request may name a long item a thousand times.
  let characters = 0
  for (const [index, item] of input.entries()) {
    if (!isReference(item)) {
      given.push(item)
      continue
    }
    const found = items.get(item.id)
    if (found === undefined) return yield* unknownItem(index, item.id)
    characters += found.characters
    if (characters > charactersAtMost) return yield* tooLong
    given.push(found.item)
  }
  return given
})
