/**
 * What was learned of how operators count, model by model: a judgement on one rests on what the others would have counted.
 *
 * It is the middle of their lines, one an operator, however many nodes and jobs that has: whoever wants to move it needs
 * most of the operators of a model. Operators who are most of a model and lie alike are believed.
 */
import { type Line, plus, tokensFor } from "./Line.ts"

/** What was read without tools, with them, and what was written: each has a line of its own. */
export const lineKinds = ["prompt", "tools", "completion"] as const
export type LineKind = (typeof lineKinds)[number]

export interface LineName {
  /** The digest of its weights, or, where nobody tells that, its name. */
  readonly model: string
  readonly kind: LineKind
  /** The account of the node, or the node itself where it has none. */
  readonly operator: string
}

export interface Expected {
  readonly tokens: bigint
  /** Not of its own word: nobody else has done jobs with this model. */
  readonly byOthers: boolean
}

/** The models, and operators of each, that were heard of last. */
export const limits = { models: 4_096, operators: 64 } as const

const keyOf = ({ kind, model }: Omit<LineName, "operator">): string => `${kind} ${model}`

/** Puts it last, and drops the first where there are more than so many. */
const put = <V>(map: Map<string, V>, key: string, value: V, most: number): void => {
  map.delete(key)
  map.set(key, value)
  const [first] = map.keys()
  if (map.size > most && first !== undefined) map.delete(first)
}

const middle = (sorted: ReadonlyArray<bigint>): bigint | undefined => {
  const [low, high] = [sorted[(sorted.length - 1) >> 1], sorted[sorted.length >> 1]]
  return low === undefined || high === undefined ? undefined : (low + high + 1n) / 2n
}

export class Lines {
  readonly #models = new Map<string, Map<string, Line>>()

  #put(name: LineName, line: Line): void {
    const key = keyOf(name)
    const operators = this.#models.get(key) ?? new Map<string, Line>()
    put(operators, name.operator, line, limits.operators)
    put(this.#models, key, operators, limits.models * 3)
  }

  of(name: LineName): Line | undefined {
    return this.#models.get(keyOf(name))?.get(name.operator)
  }

  /** All that is known of it. */
  set(name: LineName, line: Line): void {
    this.#put(name, line)
  }

  /** Jobs besides those that are known. */
  add(name: LineName, line: Line): void {
    const before = this.of(name)
    this.#put(name, before === undefined ? line : plus(before, line))
  }

  /** What the operator may be expected to count for so many bytes; `undefined` where nobody has done such jobs. */
  expected({ operator, ...of }: LineName, bytes: bigint): Expected | undefined {
    const operators = this.#models.get(keyOf(of)) ?? new Map<string, Line>()
    const found = [...operators].flatMap(([by, line]) => {
      const tokens = tokensFor(line, bytes)
      return tokens === undefined ? [] : [{ by, tokens }]
    })
    const others = found.filter(({ by }) => by !== operator)
    const counts = (others.length > 0 ? others : found).map(({ tokens }) => tokens)
    const tokens = middle(counts.toSorted((a, b) => (a < b ? -1 : a > b ? 1 : 0)))
    return tokens === undefined ? undefined : { tokens, byOthers: others.length > 0 }
  }
}
