/** Days of UTC, by which spending is limited. */
import { DateTime } from "effect"

/** The first moment of a time's day, and the day's name. */
export const dayOf = (time: DateTime.Utc) => {
  const start = DateTime.startOf(time, "day")
  return { start, name: DateTime.formatIsoDate(start) }
}
