/** Makes of the derived document one that says all that is so: what schemas alone cannot say is added here. */
import type { Document } from "./Document.ts"
import { withExamples } from "./withExamples.ts"
import { withNames } from "./withNames.ts"
import { withParameters } from "./parameters.ts"
import { withResponses } from "./responses.ts"
import { withSecurity } from "./security.ts"
import { withTimes } from "./withTimes.ts"
import { withoutRest } from "./withoutRest.ts"

export const completed = (derived: Record<string, unknown>): Record<string, unknown> =>
  [withoutRest, withParameters, withSecurity, withResponses, withExamples, withTimes, withNames].reduce(
    (document, step) => step(document),
    derived as Document
  )
