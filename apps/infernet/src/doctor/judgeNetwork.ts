/** The control plane and this node's place in its network, judged. What cannot be known is not well. */
import { clockToleranceSeconds } from "@infernet/contract/SignedRequest"
import { of, type Finding } from "./Finding.ts"
import type { Situation } from "./Situation.ts"

const start = "infernet start"
const noPlane = "the control plane does not answer"

const planeOf = ({ plane, url }: Situation): Finding => {
  const { fail, ok } = of("control plane")
  if (url === undefined) return fail("none runs here, and none is to be joined", `${start}, or infernet setup`)
  if (plane._tag === "Unknown") return fail(plane.why, "check the address, the network and that it runs there")
  return ok(`${url} (${Math.round(plane.value.millis)} ms)`)
}

const clockOf = ({ plane }: Situation): Finding => {
  const { fail, ok } = of("clock")
  if (plane._tag === "Unknown") return fail(`not known: ${noPlane}`)
  const { aheadSeconds } = plane.value
  const off = Math.abs(aheadSeconds)
  if (off <= clockToleranceSeconds) return ok(`${off < 1 ? "less than 1" : Math.round(off)} s off`)
  const text = `${Math.round(off)} s ${aheadSeconds > 0 ? "behind" : "ahead of"} the control plane's, more than ${clockToleranceSeconds} s`
  return fail(text, "set this machine's clock by the network: timedatectl set-ntp true")
}

const statusOf = ({ node }: Situation) => (node._tag === "Known" ? node.value.status : undefined)

const registeredOf = (situation: Situation): Finding => {
  const { fail, ok } = of("registered")
  const status = statusOf(situation)
  if (status === undefined) return fail(`not known: ${situation.node._tag === "Unknown" ? situation.node.why : ""}`)
  if (status !== "unregistered") return ok("the network knows this node")
  const { waiting } = situation
  const text = "the network does not know this node"
  return waiting === undefined ? fail(text, start) : fail(`${text}: ${waiting}`)
}

const onlineOf = (situation: Situation): Finding => {
  const { fail, ok } = of("online")
  if (situation.role === "nothing") return fail("nothing runs from this home", start)
  const status = statusOf(situation)
  if (status === undefined || status === "unregistered") return fail("it is not registered")
  // Of one that waits for approval the network does not tell more than that.
  const isHeard = status === "pending" ? situation.linked === true : status !== "offline"
  return isHeard
    ? ok("the network hears of it")
    : fail("the network has not heard of it for 90 s", "infernet logs, or infernet restart")
}

const acceptingOf = (situation: Situation): Finding => {
  const { fail, ok, warn } = of("takes jobs")
  const status = statusOf(situation)
  if (status === "pending") {
    return fail(
      "the network's administrator has not approved it yet",
      `there: infernet node approve ${situation.key.id ?? "<id>"}`
    )
  }
  if (status === "draining") return warn("it is draining: it takes no new jobs", "resume it where it was drained")
  return status === "online" ? ok("yes") : fail("it is not online")
}

const linkOf = (situation: Situation): Finding => {
  const { linked, url, waiting } = situation
  const { fail, ok } = of("link")
  if (linked === undefined) return fail("no node runs that could open it", start)
  if (linked) return ok("open, outbound")
  if (statusOf(situation) === "unregistered") return fail("it does not open for a node that is not registered")
  const why = waiting === undefined ? "" : `: ${waiting}`
  const port = url?.startsWith("https:") ? "443" : "its port"
  return fail(
    `it does not open${why}`,
    `let WebSockets out to ${url ?? "the control plane"} (${port}), also through proxies`
  )
}

const nodesOf = ({ nodesOnline = 0, url }: Situation): Finding => {
  const { ok, warn } = of("nodes")
  return nodesOnline > 0
    ? ok(`${nodesOnline} online`)
    : warn("none is online", `on another machine: infernet start --control-plane ${url ?? "<url>"}`)
}

const databaseOf = ({ database, plane }: Situation): Finding => {
  const { fail, ok } = of("database")
  if (plane._tag === "Unknown") return fail(`not known: ${noPlane}`)
  return database._tag === "Known"
    ? ok("it answers, and is migrated")
    : fail(database.why, "look at DATABASE_URL, and at infernet logs")
}

export const judgeNetwork = (situation: Situation): ReadonlyArray<Finding> => {
  const { role } = situation
  const isPlane = role === "network" || role === "control plane"
  return [
    planeOf(situation),
    clockOf(situation),
    ...(isPlane ? [databaseOf(situation)] : []),
    ...(role === "control plane"
      ? [nodesOf(situation)]
      : [registeredOf(situation), onlineOf(situation), acceptingOf(situation), linkOf(situation)])
  ]
}
