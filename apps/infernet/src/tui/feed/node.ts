/** What the node of this home tells of itself, for ever: a node that goes away is looked for until it is back. */
import { Effect, Schedule, Stream } from "effect"
import type { Local } from "../../client/Local.ts"
import type { News } from "../reduce.ts"

/** The node says something every five seconds; a silence of three words is an end. */
const silence = "15 seconds"
const pause = "1 second"

const older = "the node here is of another version than this program: restart it, or upgrade one of the two"

/** Only what cannot be read is worth a word: that nobody answers is seen. */
const gone = (error: { readonly _tag: string }): News =>
  error._tag === "HttpClientError" ? { _tag: "Gone" } : { _tag: "Gone", why: older }

export const news = ({ live }: Local["Service"]): Stream.Stream<News> =>
  live.watch().pipe(
    Stream.unwrap,
    Stream.timeout(silence),
    Stream.map((part): News => ({ _tag: "Part", part })),
    Stream.concat(Stream.succeed<News>({ _tag: "Gone" })),
    Stream.catch((error) => Stream.succeed(gone(error))),
    // It is told that it is gone once a second: a state that stays the same is not drawn again.
    Stream.repeat(Schedule.spaced(pause))
  )

/** Asks the node to take no new jobs, or to take them again; how that went, in words. */
export const drain = ({ live }: Local["Service"], on: boolean): Effect.Effect<string> =>
  Effect.match(live.drain({ payload: { on } }), {
    onFailure: () => "the node does not answer: nothing was changed",
    onSuccess: ({ draining }) => {
      if (on) return "no new jobs are taken; d resumes"
      return draining ? "still draining: the network has asked for it as well" : "jobs are taken again"
    }
  })
