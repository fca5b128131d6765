/** The names of examples and those of a running network, each for the other. */
import { idOf, sample, time } from "@infernet/contract/api/examples/sample"

/** What differs from run to run, by the name of its field: what examples say instead. */
const steady: Readonly<Record<string, unknown>> = {
  latency_ms: 412,
  ttft_ms: 87,
  ttft_ms_p50: 87,
  avg_tokens_per_second: 42.5,
  created: Date.parse(time) / 1000,
  pid: 4711,
  total_duration: 412_000_000,
  load_duration: 0,
  prompt_eval_duration: 87_000_000,
  eval_duration: 325_000_000,
  hint: "inft_0exa…p1e0",
  salt: `0x${"5a17".repeat(16)}`,
  payer: sample.controlPlane,
  payer_signer: sample.controlPlane,
  node_key: sample.publicKey,
  plane_key: sample.otherPublicKey,
  node_signature: sample.nodeSignature,
  plane_signature: sample.nodeSignature
}

const later = (milliseconds: number) => new Date(Date.parse(time) + milliseconds).toISOString()
const [second, minute] = [1_000, 60_000]

/** What is over when it is told. */
const ends: ReadonlySet<string> = new Set(["completed_at", "finished_at"])

const id = /([a-z]+_|-)([0-9a-hjkmnp-tv-z]{20})(?![0-9a-z])/g

export class Names {
  readonly #real = new Map<string, string>()
  readonly #sample = new Map<string, string>()
  readonly #ids = new Map<string, string>()
  readonly #began: number

  /** `began`: when the network's first minute began, in milliseconds. All of it is one moment in examples. */
  constructor(began: number) {
    this.#began = began
  }

  /** From now on the sample stands for this, also inside of longer texts. */
  bind(name: keyof typeof sample, real: string): void {
    this.#real.set(sample[name], real)
    this.#sample.set(real, sample[name])
    const [from, to] = [/[0-9a-hjkmnp-tv-z]{20}$/.exec(real), /[0-9a-hjkmnp-tv-z]{20}$/.exec(sample[name])]
    if (from !== null && to !== null) this.#ids.set(from[0], to[0])
  }

  /** Another real name of the same. */
  also(name: keyof typeof sample, real: string): void {
    this.#sample.set(real, sample[name])
  }

  /** An example's value as the network wants it. */
  readonly toReal = <A>(value: A): A => this.#deep(value, (text) => replaced(text, this.#real)) as A

  /** What the network said as an example tells it: the same from run to run. */
  readonly toSample = (value: unknown): unknown => this.#deep(value, this.#sampled)

  /** The same for a stream's text, line by line. */
  readonly streamToSample = (text: string): string =>
    text
      .split("\n")
      .map((line) => {
        const at = line.startsWith("data: ") ? "data: ".length : 0
        const json = line.slice(at)
        return json.startsWith("{") ? line.slice(0, at) + JSON.stringify(this.toSample(JSON.parse(json))) : line
      })
      .join("\n")

  readonly #sampled = (text: string, key: string | undefined): string => {
    const known = replaced(text, this.#sample)
    if (/^\d{4}-\d\d-\d\dT[\d:.]+Z$/.test(known)) return this.#timeOf(known, key)
    if (/^\d{4}-\d\d-\d\d$/.test(known)) return time.slice(0, 10)
    return known
      .replace(/req_[0-9a-v]{16}/g, "req_0examp1e0examp1e")
      .replace(id, (_, prefix, body) => prefix + this.#idOf(body))
  }

  #timeOf(text: string, key: string | undefined): string {
    const passed = Date.parse(text) - this.#began
    // Far away is what an example asked for itself.
    if (Math.abs(passed) > 40 * 24 * 60 * minute) return text
    if (Math.abs(passed) < minute) return later(ends.has(key ?? "") ? 0.412 * second : 0)
    return later(Math.round(passed / minute) * minute)
  }

  #idOf(body: string): string {
    const given = this.#ids.get(body) ?? (this.#isSample(body) ? body : idOf(100 + this.#ids.size))
    this.#ids.set(body, given)
    return given
  }

  #isSample(body: string): boolean {
    return [...this.#ids.values()].includes(body)
  }

  #deep(value: unknown, text: (text: string, key: string | undefined) => string, key?: string): unknown {
    if (key !== undefined && key in steady && (value === null || typeof value === typeof steady[key]))
      return steady[key]
    if (key?.endsWith("_at") === true && typeof value === "number") return Date.parse(time) / 1000
    if (typeof value === "string") return text(value, key)
    if (Array.isArray(value)) return value.map((inner) => this.#deep(inner, text, key))
    if (typeof value !== "object" || value === null) return value
    return Object.fromEntries(Object.entries(value).map(([name, inner]) => [name, this.#deep(inner, text, name)]))
  }
}

const replaced = (text: string, table: ReadonlyMap<string, string>): string => {
  let result = text
  for (const [from, to] of [...table].toSorted(([a], [b]) => b.length - a.length)) result = result.replaceAll(from, to)
  return result
}
