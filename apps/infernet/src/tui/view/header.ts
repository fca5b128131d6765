/** The first lines: what runs here, whether jobs can reach it, and since when. */
import { dollars } from "../../terminal/money.ts"
import type { State } from "../State.ts"
import { clean, cut, joinFitting, pad, widthOf } from "../text.ts"
import type { Look } from "./look.ts"
import { ago, counted, took, upFor } from "./units.ts"

type Mood = "bad" | "good" | "warn"

interface Standing {
  readonly word: string
  readonly mood: Mood
  /** What it waits for, or who has asked for it. */
  readonly why: string
}

/** Where the node stands, in a word. */
export const standing = ({ answers, home, parts: { Link }, plane, trouble }: State): Standing => {
  if (answers === undefined) return { word: "looking", mood: "warn", why: "" }
  if (!answers && trouble !== undefined) return { word: "unknown", mood: "bad", why: clean(trouble) }
  if (!answers && plane !== undefined) return { word: "control plane", mood: "good", why: "no node runs in it" }
  if (!answers) {
    return {
      word: "not running",
      mood: "bad",
      why: `start it with \`infernet start\`; looking every second in ${home}`
    }
  }
  if (Link === undefined) return { word: "looking", mood: "warn", why: "" }
  if (!Link.linked) return { word: "not linked", mood: "bad", why: clean(Link.trouble ?? "the link is being opened") }
  if (!Link.draining) return { word: "online", mood: "good", why: "" }
  const whose: Readonly<Record<string, string>> = { machine: "asked for here", network: "asked for by the network" }
  const why = Link.drained_by.map((who) => whose[who] ?? who).join(" and ")
  return { word: "draining", mood: "warn", why: why || "it is about to stop" }
}

/** `0x12ab…cdef`: enough to tell two of one's own apart. */
const short = (id: string): string => `${id.slice(0, 6)}…${id.slice(-4)}`

const heartbeat = ({ now, parts: { Link } }: State): string => {
  if (Link === undefined) return ""
  if (Link.heartbeat === undefined) return "no heartbeat yet"
  return `heartbeat ${ago(now - Link.heartbeat.at)} ago, ${took(Link.heartbeat.latency_ms)}`
}

const planeNumbers = ({ plane }: State): string =>
  plane === undefined
    ? ""
    : `${counted(plane.nodes_online, "node")}, ${counted(plane.jobs.completed, "job")} today, ${plane.jobs.pending} open`

/** Nothing where nothing is charged. */
const earnings = ({ parts: { Earnings } }: State): string =>
  Earnings === undefined || Earnings.total_micros === 0n ? "" : `earned ${dollars(Earnings.today_micros)} today`

/** Two lines. */
export const header = ({ theme }: Look, state: State, width: number): ReadonlyArray<string> => {
  const { Node } = state.parts
  const { mood, why, word } = standing(state)
  const began = Node?.started_at ?? (state.plane === undefined ? undefined : Date.parse(state.plane.started_at))
  const up = began === undefined ? "" : `up ${upFor(state.now - began)}`
  const version = Node?.version ?? state.plane?.version
  const name = `${theme.strong("infernet")}${version === undefined ? "" : ` ${clean(version)}`}`
  const left = joinFitting(
    [`${name}  ${theme[mood](`● ${word}`)}`, Node === undefined ? "" : `node ${short(Node.node)}`],
    "  ",
    width - widthOf(up) - 2
  )
  const url = clean(Node?.control_plane ?? state.plane?.url ?? "")
  const facts = [url, heartbeat(state), earnings(state), planeNumbers(state)].map((text) => cut(text, width))
  const second = joinFitting([theme[mood](cut(why, width)), ...facts], " · ", width)
  return [`${pad(left, width - widthOf(up))}${theme.faint(up)}`, second]
}
