/** What a start found and did, in lines that a person reads once. */
import { labelOf } from "@infernet/backend/kinds"
import type { Snapshot } from "@infernet/backend/Backends"
import type { DatabaseInfo } from "@infernet/platform/database/Database"
import { Console, Duration, Option } from "effect"
import { bold, dim, fitRow, plain, row, yellow } from "./style.ts"
import { version } from "../version.ts"

export const opening = (home: string) => Console.log(`${bold("infernet")} ${version}\n\n${row("home", home)}`)

/** That others on the network can reach it, which is not the usual case. */
export const openTo = (host: string, port: number) =>
  Console.log(
    row("open to", yellow(host === "0.0.0.0" || host === "::" ? `all networks, port ${port}` : `${host}:${port}`))
  )

export const database = ({ embedded, version }: DatabaseInfo["Service"]) =>
  Console.log(
    row(
      "database",
      Option.match(embedded, {
        onNone: () => `PostgreSQL ${version}, at DATABASE_URL`,
        onSome: ({ created, startTime }) => {
          const took = `${Math.round(Duration.toMillis(startTime))} ms`
          return `PostgreSQL ${version}, embedded ${dim(`(${created ? "created" : "started"} in ${took})`)}`
        }
      })
    )
  )

const shownModels = 5

const backendRows = ({ backends }: Snapshot): ReadonlyArray<string> =>
  backends.map(({ kind, version }) => {
    if (kind === "embedded") return `${labelOf(kind)}, embedded`
    return `${labelOf(kind)} ${dim(plain(version ?? ""))}`.trimEnd()
  })

const modelRows = ({ models }: Snapshot): ReadonlyArray<string> => {
  const rows = models.slice(0, shownModels).map(({ demo, id, state }) => {
    if (demo === true) return `${plain(id)} ${dim("(a demo of 2 M parameters, to try things out)")}`
    const note = state === "loadable" ? " (loads when asked)" : ""
    return fitRow(`${plain(id)}${note}`)
  })
  return models.length > shownModels ? [...rows, dim(`and ${models.length - shownModels} more`)] : rows
}

/** A label, its first text beside it and the others below. */
const rows = (label: string, texts: ReadonlyArray<string>) =>
  texts.map((text, index) => row(index === 0 ? label : "", text))

export const backends = (snapshot: Snapshot) => {
  if (snapshot.backends.length === 0) {
    return Console.log(row("backend", yellow("none answers yet; looking every few seconds")))
  }
  const models = modelRows(snapshot)
  const lines = [...rows("backend", backendRows(snapshot)), ...rows(models.length > 1 ? "models" : "model", models)]
  return Console.log(lines.join("\n"))
}

/** What a node offers now, in a line; only a demo needs more words. */
export const offer = ({ backends, models }: Snapshot): string => {
  if (backends.length === 0) return yellow("no backend answers; looking every few seconds")
  const kinds = [...new Set(backends.map(({ kind }) => labelOf(kind)))].join(", ")
  const count = models.length === 1 ? plain(models[0]?.id ?? "") : `${models.length} models`
  return `${kinds} with ${count}${models.some(({ demo }) => demo) ? " (demo)" : ""}`
}
