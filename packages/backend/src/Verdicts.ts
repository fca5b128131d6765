/** What is found at each address of the plan when it is asked now: what is used, and why the rest is not. */
import { Effect } from "effect"
import type { Backend } from "./Backend.ts"
import type { Verdict } from "./Backends.ts"
import { offerable } from "./offerable.ts"
import type { Candidate, Plan } from "./Plan.ts"
import { probe } from "./Probe.ts"

const withoutModels = (backend: Backend): string =>
  backend.install.can
    ? "it answers, but has no model to chat with: install one with `infernet model install <name>`"
    : "it answers, but serves no model: start it with one"

const foundAt = (backend: Backend, plan: Plan): Effect.Effect<Verdict> => {
  const { address, kind, version } = backend
  return backend.models.pipe(
    Effect.map((listed): Verdict => {
      const offers = offerable(listed)
      const models = offers.filter(({ id }) => plan.serves(id))
      const reason =
        models.length > 0
          ? ""
          : listed.length === 0
            ? withoutModels(backend)
            : offers.length === 0
              ? `none of its ${listed.length} models has a printable name of 256 characters at most: rename one`
              : `served_models (INFERNET_SERVED_MODELS) names none of its ${offers.length} models`
      return { kind, address, version, models, used: models.length > 0, reason }
    }),
    Effect.catch(({ message }) =>
      Effect.succeed<Verdict>({ kind, address, version, models: [], used: false, reason: message })
    )
  )
}

/** Of several kinds hoped for at one address: the one found, else whatever could be told about it. */
const verdictAt = Effect.fnUntraced(function* (
  address: string,
  candidates: ReadonlyArray<Candidate>,
  plan: Plan,
  fetch: typeof globalThis.fetch
) {
  const answers = yield* Effect.forEach(
    candidates,
    (candidate) => Effect.map(probe(candidate, plan, fetch), (probed) => ({ hoped: candidate.kind, probed })),
    { concurrency: "unbounded" }
  )
  const found = answers.flatMap(({ probed }) => (probed._tag === "Found" ? [probed.backend] : []))
  const missed = answers.flatMap(({ hoped, probed }) => (probed._tag === "Missed" ? [{ hoped, ...probed }] : []))
  if (found[0] !== undefined) return yield* foundAt(found[0], plan)
  const told = missed.find(({ kind }) => kind !== undefined) ?? missed[0]
  return {
    kind: told?.kind ?? told?.hoped ?? "openai",
    address,
    version: undefined,
    models: [],
    used: false,
    reason: told?.reason ?? "nobody was asked"
  } satisfies Verdict as Verdict
})

/** One verdict an address, in the plan's order. */
export const verdicts = (plan: Plan, fetch: typeof globalThis.fetch): Effect.Effect<ReadonlyArray<Verdict>> =>
  Effect.forEach(
    Map.groupBy(plan.candidates, ({ baseUrl }) => baseUrl),
    ([address, candidates]) => verdictAt(address, candidates, plan, fetch),
    { concurrency: "unbounded" }
  )

/** The embedded engine, which answers at no address. */
export const ofEngine = (plan: Plan, running: Backend | undefined): Effect.Effect<ReadonlyArray<Verdict>> => {
  if (running !== undefined) return Effect.map(foundAt(running, plan), (verdict) => [verdict])
  if (plan.embedded === "never") return Effect.succeed([])
  const reason =
    plan.embedded === "only"
      ? "it does not start: see the log"
      : "another backend answers, and the models folder holds nothing that it does not serve"
  return Effect.succeed([
    { kind: "embedded", address: "in process", version: undefined, models: [], used: false, reason }
  ])
}
