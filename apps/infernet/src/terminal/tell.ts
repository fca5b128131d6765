/** What a start found and did, in lines that a person reads once. */
import type { Backends } from "@infernet/backend/Backends"
import type { DatabaseInfo } from "@infernet/platform/database/Database"
import { Console, Duration, Effect, Option } from "effect"
import { dim, plain, row, yellow } from "./style.ts"

export const database = (info: DatabaseInfo["Service"]) =>
  Console.log(
    row(
      "database",
      Option.match(info.embedded, {
        onNone: () => `PostgreSQL ${info.version} at DATABASE_URL`,
        onSome: ({ created, startTime }) => {
          const took = `${Math.round(Duration.toMillis(startTime))} ms`
          return `PostgreSQL ${info.version}, embedded ${dim(created ? `created in ${took}` : `started in ${took}`)}`
        }
      })
    )
  )

export const backends = Effect.fnUntraced(function* (service: Backends["Service"]) {
  const { backends: found, models } = yield* service.snapshot
  for (const { kind, version } of found) {
    const name = kind === "embedded" ? "llama.cpp, embedded" : kind
    const why = kind === "embedded" ? dim("no other backend answered") : dim(version ?? "")
    yield* Console.log(row("backend", `${plain(name)} ${why}`))
  }
  if (found.length === 0) yield* Console.log(row("backend", yellow("none answers yet; looking every few seconds")))
  const demo = models.some((model) => model.demo)
  const names = models.map(({ id }) => plain(id))
  const shown = names.length > 5 ? `${names.slice(0, 5).join(", ")} and ${names.length - 5} more` : names.join(", ")
  if (names.length > 0) {
    yield* Console.log(
      row(
        names.length === 1 ? "model" : "models",
        `${shown}${demo ? ` ${dim("a toy of 2 M parameters, to try things out")}` : ""}`
      )
    )
  }
})
