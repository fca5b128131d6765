/** The dashboard and the alerts against what a real control plane measures: no panel may ask for what is not there. */
import { describe, expect } from "bun:test"
import * as Chats from "@infernet/testing/fakes/Chats"
import { model } from "@infernet/testing/fakes/ScriptedBackends"
import { it } from "@infernet/testing/harness"
import * as Network from "@infernet/testing/Network"
import { Effect, Metric } from "effect"
import { readFileSync } from "node:fs"
import { join } from "node:path"

const deploy = (file: string): string => readFileSync(join(import.meta.dir, "../../../deploy", file), "utf8")

/** Every string under a key, however deep. */
const stringsAt = (value: unknown, key: string): ReadonlyArray<string> => {
  if (typeof value !== "object" || value === null) return []
  return Object.entries(value).flatMap(([name, inside]) =>
    name === key && typeof inside === "string" ? [inside] : stringsAt(inside, key)
  )
}

interface Family {
  readonly type: string
  readonly help: string
  /** The values of each label. */
  readonly labels: Map<string, Set<string>>
  readonly values: Map<string, number>
}

/** The Prometheus text format, as far as this control plane speaks it. */
const familiesOf = (text: string): ReadonlyMap<string, Family> => {
  const families = new Map<string, Family>()
  let help = ""
  let family: Family | undefined
  for (const line of text.trimEnd().split("\n")) {
    const [, word, name = "", rest = ""] = /^# (HELP|TYPE) (\w+) (.+)$/.exec(line) ?? []
    if (word === "HELP") help = rest
    if (word === "TYPE") {
      family = { type: rest, help, labels: new Map(), values: new Map() }
      help = ""
      for (const suffix of rest === "histogram" ? ["_bucket", "_sum", "_count"] : [""]) {
        families.set(name + suffix, family)
      }
    }
    if (word !== undefined || family === undefined) continue
    const [, series = "", , labels = "", value = ""] = /^((\w+)(?:\{(.*)\})?) (\S+)$/.exec(line) ?? []
    family.values.set(series, Number(value))
    for (const [, label = "", content = ""] of labels.matchAll(/(\w+)="([^"]*)"/g)) {
      family.labels.set(label, (family.labels.get(label) ?? new Set()).add(content))
    }
  }
  return families
}

/** The words of PromQL in use here, and what Prometheus itself adds to every series. */
const functions = ["sum", "min", "max", "by", "and", "rate", "increase", "changes", "max_over_time"]
const language: ReadonlySet<string> = new Set([...functions, "histogram_quantile", "label_values", "up"])
const scraped: ReadonlySet<string> = new Set(["job", "instance"])

/** What a query asks for that is not measured. */
const missing = (query: string, families: ReadonlyMap<string, Family>): ReadonlyArray<string> => {
  const wrong: Array<string> = []
  const used = new Set<string>()
  const text = query
    .replaceAll(/\[[^\]]*\]/g, "")
    .replaceAll(/(\w+)\{([^}]*)\}/g, (_, name: string, labels: string) => {
      for (const [, label = "", value = ""] of labels.matchAll(/(\w+)="([^"]*)"/g)) {
        if (scraped.has(label)) continue
        if (families.get(name)?.labels.get(label)?.has(value) !== true) wrong.push(`${name}{${label}="${value}"}`)
      }
      return name
    })
  const groups: Array<string> = []
  const bare = text.replaceAll(/\bby \(([^)]*)\)/g, (_, labels: string) => {
    groups.push(...labels.split(/,\s*/))
    return ""
  })
  for (const [word] of bare.matchAll(/\b[a-z_]\w*\b/g)) {
    if (language.has(word) || scraped.has(word)) continue
    if (families.has(word)) used.add(word)
    else wrong.push(word)
  }
  const labels = new Set([...used].flatMap((name) => [...(families.get(name)?.labels.keys() ?? [])]))
  return [...wrong, ...groups.filter((label) => !labels.has(label) && !scraped.has(label))]
}

const textOf = async (url: string, init?: RequestInit): Promise<string> => (await fetch(url, init)).text()

/** What is measured after one job, by a control plane of this test alone. */
const measured = () =>
  Effect.gen(function* () {
    const plane = yield* Network.plane({ version: "1.2.3" })
    const { key } = yield* Network.account(plane)
    yield* Network.node(plane, { chat: Chats.saying("Hello") })
    const answer = yield* Effect.promise(() =>
      textOf(`${plane.url}/v1/chat/completions`, {
        method: "POST",
        headers: { authorization: `Bearer ${key}`, "content-type": "application/json" },
        body: JSON.stringify({ model, messages: [{ role: "user", content: "hi" }] })
      })
    )
    expect(JSON.parse(answer)).toMatchObject({ choices: [{ message: { content: "Hello" } }] })
    return familiesOf(yield* Effect.promise(() => textOf(`${plane.url}/metrics`)))
  }).pipe(Effect.provideService(Metric.MetricRegistry, new Map()))

const live = (name: string, body: Parameters<typeof it.live>[1]) => it.live(name, body, { timeout: 20_000 })

describe("/metrics", () => {
  live("tells what each measurement is, and counters by their name", () =>
    Effect.gen(function* () {
      for (const [name, { help, type }] of yield* measured()) {
        expect(help, `the help of ${name}`).not.toBe("")
        expect(name.endsWith("_total"), `${name} is a ${type}`).toBe(type === "counter")
      }
    })
  )

  live("tells of the moment and of the past, from zero on", () =>
    Effect.gen(function* () {
      const families = yield* measured()
      const value = (series: string) => families.get(series.replace(/\{.*/, ""))?.values.get(series)
      expect(value("infernet_nodes_online")).toBe(1)
      expect(value("infernet_links")).toBe(1)
      expect(value("infernet_jobs_running")).toBe(0)
      expect(value("infernet_jobs_waiting")).toBe(0)
      expect(value("infernet_database_up")).toBe(1)
      expect(value('infernet_build_info{version="1.2.3"}')).toBe(1)
      expect(value('infernet_jobs_total{status="completed"}')).toBe(1)
      expect(value('infernet_jobs_total{status="failed"}')).toBe(0)
      expect(value('infernet_attempts_total{outcome="lost"}')).toBe(0)
      expect(value('infernet_first_token_seconds_bucket{le="+Inf"}')).toBe(1)
      expect(value("process_resident_memory_bytes")).toBeGreaterThan(10_000_000)
    })
  )

  live("has everything that the dashboard and the alerts ask for", () =>
    Effect.gen(function* () {
      const families = yield* measured()
      const queries = [
        ...stringsAt(JSON.parse(deploy("grafana.json")), "expr"),
        ...stringsAt(JSON.parse(deploy("grafana.json")).templating, "query").filter((query) => query !== "prometheus"),
        ...stringsAt(Bun.YAML.parse(deploy("prometheus.rules.yaml")), "expr")
      ].map((query) => query.replaceAll("$__rate_interval", "5m"))
      expect(queries.length).toBeGreaterThan(20)
      expect(queries.flatMap((query) => missing(query, families))).toEqual([])
      expect(missing('rate(infernet_jobs_total{status="lost"}[5m])', families)).toEqual([
        'infernet_jobs_total{status="lost"}'
      ])
      expect(missing("sum by (outcome) (infernet_jobs_total) + infernet_jobs", families)).toEqual([
        "infernet_jobs",
        "outcome"
      ])
    })
  )
})
