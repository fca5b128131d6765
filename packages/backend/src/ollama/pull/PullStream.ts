/** Reads the NDJSON of `/api/pull`: how far it is, when it last moved, and the error that comes inside a 200. Plain code. */
import type { Consumer } from "../../http/body.ts"
import { countOf, type JsonRecord, stringOf } from "../../http/json.ts"
import { sentence } from "../../http/refusal.ts"
import type { Site } from "../../http/Site.ts"
import type { OnProgress } from "../../install/Install.ts"
import * as Lines from "../Lines.ts"
import { failure } from "./failure.ts"
import * as Speed from "./Speed.ts"

/** Models have some ten layers, or some thousand small ones. */
const layersMax = 16_384

interface Layer {
  readonly total: number
  readonly completed: number
  /** Already there when first seen: it came with an earlier pull. */
  readonly before: number
}

export interface PullStream extends Consumer<void> {
  /** When it last moved, and for how long it may stand still from then on, in milliseconds. */
  readonly moved: () => { readonly at: number; readonly patience: number }
}

/** Ollama itself asks again after 30 s without a byte; its lines go on all the while, so they prove nothing. */
const patience = { checking: 120_000, downloading: 180_000, verifying: 30 * 60_000 } as const

const phaseOf = (status: string): keyof typeof patience =>
  status === "pulling manifest" ? "checking" : status.startsWith("pulling ") ? "downloading" : "verifying"

export const make = (site: Site, model: string, now: () => number, progress: OnProgress): PullStream => {
  const layers = new Map<string, Layer>()
  const speed = Speed.make()
  let phase: keyof typeof patience = "checking"
  let movedAt = now()
  let success = false
  let anything = false

  const sum = (of: (layer: Layer) => number) => layers.values().reduce((sum, layer) => sum + of(layer), 0)

  const download = (object: JsonRecord) => {
    const digest = stringOf(object["digest"]) ?? ""
    const known = layers.get(digest)
    const completed = countOf(object["completed"]) ?? known?.completed ?? 0
    if (known === undefined && layers.size >= layersMax) return
    if (known === undefined || completed > known.completed) movedAt = now()
    layers.set(digest, {
      completed,
      total: Math.max(countOf(object["total"]) ?? known?.total ?? 0, completed),
      before: Math.min(known?.before ?? completed, completed)
    })
    const rate = speed.at(
      now(),
      sum(({ before, completed }) => completed - before)
    )
    progress({
      phase: "downloading",
      completed_bytes: sum(({ completed }) => completed),
      total_bytes: sum(({ total }) => total),
      ...(rate !== undefined && { bytes_per_second: rate })
    })
  }

  const take = (object: JsonRecord) => {
    anything = true
    if (object["error"] !== undefined) throw failure(model, sentence(object["error"]) ?? "")
    const status = stringOf(object["status"]) ?? ""
    if (status === "success") {
      success = true
      return
    }
    const next = phaseOf(status)
    if (next !== phase) movedAt = now()
    phase = next
    if (phase === "downloading") return download(object)
    const total = sum(({ total }) => total)
    // What came within a twentieth of a second was never told of: unknown is not 0.
    progress({ phase, ...(total > 0 && { completed_bytes: total, total_bytes: total }) })
  }

  const lines = Lines.make(site, take, () => success)

  return {
    complete: () => success,
    feed: (text) => {
      lines.feed(text)
      return undefined
    },
    end: () => {
      lines.end()
      if (!anything) throw failure(model, "its answer was empty, EOF")
      if (!success) throw failure(model, "its answer broke off, EOF")
    },
    moved: () => ({ at: movedAt, patience: patience[phase] })
  }
}
