/** Which models stay in memory: pure decisions. */

/** A model in memory, or on its way there. */
export interface Resident {
  readonly name: string
  readonly memoryBytes: number
  /** Requests that run on it or wait for it. */
  readonly inUse: number
  /** When the last of them ended, in milliseconds. */
  readonly usedAt: number
}

/**
 * Whom to send away so that `bytes` more fit into `budget`, those not used for longest first; `undefined` where not even
 * all who are idle would be enough. Nobody in use is sent away.
 */
export const victims = (
  residents: ReadonlyArray<Resident>,
  bytes: number,
  budget: number
): ReadonlyArray<string> | undefined => {
  let missing = residents.reduce((sum, { memoryBytes }) => sum + memoryBytes, bytes) - budget
  const leaving: Array<string> = []
  for (const { memoryBytes, name } of residents
    .filter(({ inUse }) => inUse === 0)
    .toSorted((a, b) => a.usedAt - b.usedAt)) {
    if (missing <= 0) break
    leaving.push(name)
    missing -= memoryBytes
  }
  return missing <= 0 ? leaving : undefined
}

/** Those idle for so long that they go without need. The last one stays: its memory is wanted by nobody. */
export const idle = (residents: ReadonlyArray<Resident>, now: number, keepMillis: number): ReadonlyArray<string> => {
  const old = residents
    .filter(({ inUse, usedAt }) => inUse === 0 && now - usedAt >= keepMillis)
    .toSorted((a, b) => a.usedAt - b.usedAt)
  return old.slice(0, residents.length - 1).map(({ name }) => name)
}

export interface Shape {
  readonly contextLength: number
  readonly slots: number
  readonly memoryBytes: number
}

const slotsWanted = [4, 2, 1]
const shortestContext = 2048

/** How a model is loaded into a machine that may give it `budget` bytes; `undefined` where it does not fit at all. */
export const shape = (
  model: { readonly bytes: number; readonly trained: number | undefined; readonly cacheBytesPerToken: number },
  contextLength: number,
  budget: number
): Shape | undefined => {
  // Weights, and buffers that grow with them.
  const base = Math.round(model.bytes * 1.05) + (48 << 20)
  const longest = Math.min(model.trained ?? contextLength, contextLength)
  const shapes = slotsWanted.map((slots) => ({ slots, contextLength: longest }))
  for (let shorter = longest >> 1; shorter >= shortestContext; shorter >>= 1) {
    shapes.push({ slots: 1, contextLength: shorter })
  }
  return shapes
    .map((one) => ({ ...one, memoryBytes: base + one.slots * one.contextLength * model.cacheBytesPerToken }))
    .find(({ memoryBytes }) => memoryBytes <= budget)
}
