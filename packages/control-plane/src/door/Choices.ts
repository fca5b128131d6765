/** Several jobs that answer one request, in one stream: a frame comes when any of them has said something. */
import type { Usage } from "@infernet/contract/Chat"
import { type Dialect, type Source, sse } from "../http/eventStream.ts"
import type { End, JobLog } from "../job/JobLog.ts"

type Failure = End & { readonly _tag: "Failed" }
type Completion = End & { readonly _tag: "Completed" }

/** How one of the answers is written: all but the end of the stream, which is that of all of them. */
export interface ChoiceDialect extends Pick<Dialect, "start" | "entry"> {
  readonly end: (end: Completion) => string
}

/** How a stream of several answers is written. */
export interface ChoicesDialect {
  readonly choices: ReadonlyArray<ChoiceDialect>
  /** Once all have ended well, in their order. */
  readonly end: (usages: ReadonlyArray<Usage>) => string
  /** Once one has failed, which ends the stream. */
  readonly failed: (failure: Failure) => string
}

/** A dialect for one answer alone. */
export const alone = ({ choices: [choice], end, failed }: ChoicesDialect): Dialect => ({
  ...sse,
  start: choice?.start ?? "",
  entry: (entry, seq) => choice?.entry(entry, seq) ?? "",
  end: (last) => (last._tag === "Failed" ? failed(last) : `${choice?.end(last) ?? ""}${end([last.usage])}`)
})

interface Part {
  readonly log: JobLog
  readonly dialect: ChoiceDialect
  last: number
  /** Set once its end was taken. */
  usage: Usage | undefined
  /** Somebody waits for its log already: each wait would leave something behind in one that stays silent. */
  watched: boolean
}

export class Choices implements Source {
  readonly contentType = sse.contentType
  readonly keepAlive = sse.keepAlive
  readonly #dialect: ChoicesDialect
  readonly #parts: ReadonlyArray<Part>
  readonly #onFailure: () => void
  #failure: Failure | undefined
  #change: PromiseWithResolvers<void> | undefined

  /** `onFailure` is called when one has failed, as nobody will read the others then. */
  constructor(logs: ReadonlyArray<JobLog>, dialect: ChoicesDialect, onFailure: () => void) {
    this.#dialect = dialect
    this.#onFailure = onFailure
    this.#parts = dialect.choices.flatMap((dialect, i) => {
      const log = logs[i]
      return log === undefined ? [] : [{ log, dialect, last: 0, usage: undefined, watched: false }]
    })
  }

  get start(): string {
    return this.#parts.map(({ dialect }) => dialect.start).join("")
  }

  take(characters: number): string {
    let text = ""
    for (const part of this.#parts) {
      if (text.length >= characters || this.#failure !== undefined) break
      if (part.usage === undefined) text += this.#takeOf(part, characters - text.length)
    }
    return text
  }

  end(): string | undefined {
    if (this.#failure !== undefined) return this.#dialect.failed(this.#failure)
    const usages = this.#parts.flatMap(({ usage }) => usage ?? [])
    return usages.length < this.#parts.length ? undefined : this.#dialect.end(usages)
  }

  isOver(): boolean {
    return this.#parts.every(({ log }) => log.end !== undefined)
  }

  changed(): Promise<void> {
    this.#change ??= Promise.withResolvers<void>()
    for (const part of this.#parts) {
      if (part.watched || part.usage !== undefined) continue
      part.watched = true
      void this.#watch(part)
    }
    return this.#change.promise
  }

  async #watch(part: Part): Promise<void> {
    await part.log.changed()
    part.watched = false
    this.#wake()
  }

  #takeOf(part: Part, characters: number): string {
    const { dialect, log } = part
    let text = ""
    while (part.last < log.readable && text.length < characters) {
      const entry = log.at(++part.last)
      if (entry !== undefined) text += dialect.entry(entry, part.last)
    }
    if (part.last < log.readable || log.end === undefined) return text
    if (log.end._tag === "Completed") {
      part.usage = log.end.usage
      return text + dialect.end(log.end)
    }
    this.#failure = log.end
    this.#onFailure()
    return text
  }

  #wake(): void {
    this.#change?.resolve()
    this.#change = undefined
  }
}
