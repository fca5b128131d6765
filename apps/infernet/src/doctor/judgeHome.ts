/** This program, its settings, its home and its key, judged. */
import { of, type Finding } from "./Finding.ts"
import type { Situation } from "./Situation.ts"

const numbersOf = (version: string): ReadonlyArray<number> => version.split(/[.+-]/).slice(0, 3).map(Number)

/** Whether one version comes after another; what is no version comes after nothing. */
export const isNewer = (version: string, than: string): boolean => {
  const [theirs, ours] = [numbersOf(version), numbersOf(than)]
  const at = theirs.findIndex((number, index) => number !== ours[index])
  return at !== -1 && (theirs[at] ?? 0) > (ours[at] ?? 0)
}

/** Without a registry that can be asked, as offline, what runs is new enough. */
const versionOf = ({ newest, plane, version }: Situation): Finding => {
  const { ok, warn } = of("version")
  const theirs = plane._tag === "Known" ? plane.value.version : version
  if (isNewer(theirs, version)) return warn(`${version}, but the control plane runs ${theirs}`, "infernet upgrade")
  return newest._tag === "Known" && isNewer(newest.value, version)
    ? warn(`${version}, and there is ${newest.value}`, "infernet upgrade")
    : ok(version)
}

const configOf = ({ config: { exists, isPrivate, path, problem } }: Situation): Finding => {
  const { fail, ok, warn } = of("config")
  if (problem !== undefined) return fail(problem, `mend it by hand: ${path}`)
  if (!exists) return ok("no file, so what is usual counts")
  return isPrivate ? ok(path) : warn(`${path} can be read by other users`, `chmod 600 ${path}`)
}

const homeOf = ({ home: { problem, root } }: Situation): Finding => {
  const { fail, ok } = of("home")
  if (problem === undefined) return ok(root)
  const [why = "", todo] = problem.split(": ")
  return fail(`${root} cannot be written: ${why}`, todo ?? "INFERNET_HOME may name another place")
}

const keyOf = ({ key: { id, isChanging, path, problem } }: Situation): Finding => {
  const { fail, ok, warn } = of("key")
  if (problem !== undefined) return fail(problem, "see what it says; the key is this node's identity")
  if (id === undefined) return fail(`there is no key at ${path} yet`, "infernet setup, or infernet start")
  return isChanging ? warn(`${id}, whose change to another key was broken off`, "infernet keys rotate") : ok(id)
}

const portOf = ({ port }: Situation): ReadonlyArray<Finding> => {
  const { fail, ok } = of("port")
  if (port === undefined) return []
  if (port.holder === "ours") return [ok(`${port.number}, ours`)]
  if (port.holder === "nobody") return [ok(`${port.number}, free`)]
  return [fail(`${port.number} is in use by ${port.holder.name}`, "stop that, or infernet config set port <another>")]
}

export const judgeHome = (situation: Situation): ReadonlyArray<Finding> => [
  versionOf(situation),
  configOf(situation),
  homeOf(situation),
  keyOf(situation),
  ...portOf(situation)
]
