/** How a state follows from the one before: pure, so that what is on the screen can be worked out from what came in. */
import type { Overview } from "@infernet/contract/api/Admin"
import type { LivePart } from "../client/LiveApi.ts"
import type { LogLine, State, SystemReading, View } from "./State.ts"

export type News =
  | { readonly _tag: "Part"; readonly part: LivePart }
  /** The node's socket does not answer, or stopped in the middle; `why` where that is not all there is to say. */
  | { readonly _tag: "Gone"; readonly why?: string }
  | { readonly _tag: "Plane"; readonly overview: typeof Overview.Type | undefined }
  | { readonly _tag: "System"; readonly reading: SystemReading }
  | { readonly _tag: "Log"; readonly lines: ReadonlyArray<LogLine> }
  | { readonly _tag: "Second" }
  | { readonly _tag: "Show"; readonly view: View }
  | { readonly _tag: "Scroll"; readonly by: number }
  | { readonly _tag: "Notice"; readonly text: string }

/** Ten minutes: more than the widest terminal shows. */
const keptSeconds = 600
const keptLines = 1_000
const noticeMillis = 4_000

/** A node that started anew counts from zero: its first word is no throughput. */
const second = (state: State, now: number): State => {
  const tokens = state.parts.Jobs?.tokens
  if (tokens === undefined) return { ...state, counted: undefined }
  const { counted } = state
  if (counted === undefined || tokens < counted.tokens) return { ...state, counted: { tokens, at: now } }
  const seconds = (now - counted.at) / 1000
  // Two ticks at once, after the terminal was stopped for a while: the second has nothing to say.
  if (seconds <= 0) return state
  const rate = (tokens - counted.tokens) / seconds
  return {
    ...state,
    throughput: [...state.throughput, rate].slice(-keptSeconds),
    counted: { tokens, at: now }
  }
}

const withPart = (state: State, part: LivePart): State => {
  const answered: State = { ...state, answers: true, trouble: undefined }
  // Another process than before: what the last one said holds no longer.
  if (part._tag === "Node") {
    return { ...answered, parts: { Node: part }, throughput: [], counted: undefined, installsSince: new Map() }
  }
  const next = { ...answered, parts: { ...state.parts, [part._tag]: part } }
  if (part._tag !== "Installs") return next
  const since = part.installs.map(({ id }) => [id, state.installsSince.get(id) ?? state.now] as const)
  return { ...next, installsSince: new Map(since) }
}

/** How far each view can be scrolled is known when it is drawn; this only keeps it from running away. */
const farthest = (state: State): number => {
  if (state.view === "models") return Math.max(0, (state.parts.Offer?.models.length ?? 0) - 1)
  return state.view === "help" ? 0 : Math.max(0, state.log.length - 1)
}

export const reduce = (before: State, news: News, now: number): State => {
  const state = { ...before, now }
  switch (news._tag) {
    case "Part":
      return withPart(state, news.part)
    case "Gone":
      return {
        ...state,
        answers: false,
        trouble: news.why,
        parts: {},
        throughput: [],
        counted: undefined,
        installsSince: new Map()
      }
    case "Plane":
      return { ...state, plane: news.overview }
    case "System":
      return { ...state, system: news.reading }
    case "Log": {
      // Who reads older lines keeps them in view.
      const scroll = state.scroll > 0 && state.view !== "models" ? state.scroll + news.lines.length : state.scroll
      const log = [...state.log, ...news.lines].slice(-keptLines)
      return { ...state, log, scroll: Math.min(scroll, log.length) }
    }
    case "Second": {
      const notice = state.notice !== undefined && state.notice.until > now ? state.notice : undefined
      return second({ ...state, notice }, now)
    }
    case "Show":
      // The key that opened a view closes it.
      return { ...state, view: state.view === news.view ? "overview" : news.view, scroll: 0 }
    case "Scroll":
      return { ...state, scroll: Math.min(farthest(state), Math.max(0, state.scroll + news.by)) }
    case "Notice":
      return { ...state, notice: { text: news.text, until: now + noticeMillis } }
  }
}
