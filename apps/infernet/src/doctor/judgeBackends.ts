/** Backends and models, judged: whether there is anything to serve, and whether the network has it right. */
import { labelOf } from "@infernet/backend/kinds"
import { of, type Finding } from "./Finding.ts"
import type { Situation } from "./Situation.ts"

const backendOf = ({ backends, role }: Situation): Finding => {
  const { fail, ok, warn } = of("backend")
  if (backends._tag === "Unknown") return fail(backends.why, "infernet backends")
  const used = backends.value.filter((backend) => backend.used)
  if (used.length > 0) {
    return ok(used.map(({ kind, version }) => [labelOf(kind), version ?? ""].join(" ").trim()).join(", "))
  }
  const hasEngine = backends.value.some(({ kind }) => kind === "embedded")
  if (role === "nothing" && hasEngine)
    return warn("none answers but the engine that a start brings", "infernet backends")
  return fail("none answers", "infernet backends says why, and what to do")
}

const few = 3
const named = (models: ReadonlyArray<string>): string =>
  models.slice(0, few).join(", ") + (models.length > few ? ` and ${models.length - few} more` : "")

const modelsOf = ({ node, offers, role }: Situation): Finding => {
  const { fail, ok, warn } = of("models")
  if (role === "nothing") return fail("no node runs that could offer any", "infernet start")
  const here = [...new Set(offers.map(({ id }) => id))]
  if (here.length === 0) return fail("this node has none", "infernet model recommend")
  const advertised = node._tag === "Known" ? node.value.models : undefined
  const count = here.length === 1 ? named(here) : `${here.length}`
  if (advertised === undefined)
    return warn(
      `${count} here; what the network offers is not known`,
      "set INFERNET_BEARER_TOKEN to a key of the network"
    )
  const [lost, unheard] = [advertised.filter((id) => !here.includes(id)), here.filter((id) => !advertised.includes(id))]
  if (lost.length > 0)
    return fail(`the network offers ${named(lost)}, which is not here`, "infernet restart, if it stays so for a minute")
  if (unheard.length > 0)
    return warn(`the network does not offer ${named(unheard)}`, "infernet restart, if it stays so for a minute")
  return offers.every(({ demo }) => demo === true)
    ? warn(`${count}, a demo only`, "infernet model recommend")
    : ok(`${count}, as the network offers`)
}

export const judgeBackends = (situation: Situation): ReadonlyArray<Finding> =>
  situation.role === "control plane" ? [] : [backendOf(situation), modelsOf(situation)]
