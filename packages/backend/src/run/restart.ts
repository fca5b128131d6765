/** Whether a server that has ended is started again, and when: the decision alone. */

/** How one life of a server went. */
export interface Life {
  /** From its start to its end. */
  readonly millis: number
  /** It came to answer. */
  readonly wasHealthy: boolean
}

export interface Tally {
  /** It answered at least once since the command began: then its arguments are good. */
  readonly everHealthy: boolean
  /** Lives in a row that were short or never came to answer. */
  readonly failures: number
}

export const none: Tally = { everHealthy: false, failures: 0 }

export type Decision =
  | { readonly _tag: "Restart"; readonly afterMillis: number; readonly tally: Tally }
  /** There is no use in trying further. */
  | { readonly _tag: "GiveUp"; readonly reason: "never_started" | "keeps_dying" }

const pauseMillis = { first: 1_000, longest: 60_000 }
/** A life as long as this was well, and its end is the first again. */
const calmMillis = 60_000
const failuresAllowed = 6

/** The first life shows whether it can be run as it was asked for; later ones may fail for reasons that pass. */
export const decide = (tally: Tally, life: Life): Decision => {
  const everHealthy = tally.everHealthy || life.wasHealthy
  if (!everHealthy) return { _tag: "GiveUp", reason: "never_started" }
  const failures = life.wasHealthy && life.millis >= calmMillis ? 1 : tally.failures + 1
  if (failures > failuresAllowed) return { _tag: "GiveUp", reason: "keeps_dying" }
  const afterMillis = Math.min(pauseMillis.longest, pauseMillis.first * 2 ** (failures - 1))
  return { _tag: "Restart", afterMillis, tally: { everHealthy, failures } }
}
