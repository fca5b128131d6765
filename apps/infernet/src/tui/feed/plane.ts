/** The numbers of the control plane that runs from this home; none where none does. */
import { Effect, Option, Schedule, Stream } from "effect"
import type { Local } from "../../client/Local.ts"
import type { News } from "../reduce.ts"

/** Each asks the database. */
const every = "3 seconds"

export const news = ({ overview }: Local["Service"]): Stream.Stream<News> =>
  Stream.fromEffectSchedule(Effect.option(overview), Schedule.spaced(every)).pipe(
    Stream.map((found): News => ({ _tag: "Plane", overview: Option.getOrUndefined(found) }))
  )
