/** `docs/api.md` is true: each of its snippets is run and prints what stands below it, and its tables are the code's. */
import { describe, expect, test } from "bun:test"
import * as ApiError from "@infernet/contract/ApiError"
import { usdc } from "@infernet/contract/Micros"
import { ChatCompletionRequest, ignored } from "@infernet/contract/OpenAi"
import { anthropicBody, anthropicResponse, openAiBody } from "@infernet/control-plane/http/errors"
import { listPriceOf } from "@infernet/payment/price/list"
import { Effect, Schema } from "effect"
import { readFileSync } from "node:fs"
import { mkdtemp, rm } from "node:fs/promises"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { isRetryable } from "../../../sdk/src/retry.ts"
import { it } from "../../src/harness.ts"
import { type Snippet, snippetsOf } from "./blocks.ts"
import { normal } from "./compare.ts"
import { network } from "./network.ts"
import { Reader } from "./Reader.ts"

const page = readFileSync(join(import.meta.dir, "../../../../docs/api.md"), "utf8")
const snippets = snippetsOf(page, new Set(["sh", "ts", "js"]))
const isShell = ({ language }: Snippet) => language === "sh"

const reader = Effect.acquireRelease(
  Effect.promise(() => mkdtemp(join(tmpdir(), "infernet-docs-"))),
  (folder) => Effect.promise(() => rm(folder, { recursive: true, force: true }))
).pipe(Effect.map((folder) => new Reader(folder)))

/** What a snippet prints, or why it prints nothing: the other snippets are to be seen as well. */
const attempt = async (run: () => Promise<string>): Promise<string> => {
  try {
    return await run()
  } catch (error) {
    return `failed: ${String(error)}`
  }
}

describe("each snippet of docs/api.md", () => {
  it.live(
    "prints what the page says",
    () =>
      Effect.gen(function* () {
        const { key, url } = yield* network
        const paster = yield* reader
        const ofReader = (code: string) => code.replaceAll("http://127.0.0.1:46337", url).replaceAll("inft_…", key)
        const run = (one: Snippet) =>
          Effect.promise(() =>
            attempt(() => (isShell(one) ? paster.shell(ofReader(one.code)) : paster.program(one)))
          ).pipe(Effect.map((printed) => ({ line: one.line, page: normal(one.prints), printed: normal(printed) })))
        // Lines of one shell come one after the other; programs only need what it has exported.
        const lines = yield* Effect.forEach(snippets.filter(isShell), run)
        const programs = yield* Effect.forEach(
          snippets.filter((one) => !isShell(one)),
          run,
          { concurrency: 2 }
        )
        const wrong = [...lines, ...programs].filter(({ page, printed }) => page !== printed)
        expect(wrong.map(({ line, printed }) => `line ${line} prints\n${printed}`).join("\n\n")).toBe("")
        expect(programs.length).toBeGreaterThan(0)
      }),
    { timeout: 60_000 }
  )

  it.live(
    "has types where it is TypeScript, and says something unless it only sets variables",
    () =>
      Effect.gen(function* () {
        const checker = yield* reader
        const typed = snippets.filter(({ language }) => language === "ts")
        expect(yield* Effect.promise(() => checker.types(typed))).toBe("")
        const silent = snippets.filter(({ code, prints }) => prints === "" && !/^export \w+=/.test(code))
        expect(silent.map(({ line }) => line)).toEqual([])
      }),
    { timeout: 60_000 }
  )
})

const said = { error_message: "" }
const errors: ReadonlyArray<ApiError.ApiError> = [
  new ApiError.BadRequest(said),
  new ApiError.Unauthorized(said),
  new ApiError.InsufficientFunds(said),
  new ApiError.Forbidden(said),
  new ApiError.NotFound(said),
  new ApiError.ModelNotFound(said),
  new ApiError.Conflict(said),
  new ApiError.PayloadTooLarge(said),
  new ApiError.RateLimited({ ...said, retry_after: 1 }),
  new ApiError.InternalError(said),
  new ApiError.UpstreamFailed({ ...said, error: "backend_error" }),
  new ApiError.UpstreamFailed({ ...said, error: "node_disconnected" }),
  new ApiError.NoCapacity(said),
  new ApiError.TimedOut(said)
]

/** As the page's table has it, up to when it happens. */
const rowOf = (error: ApiError.ApiError): string => {
  const [status, anthropic] = [ApiError.statusOf(error), anthropicResponse(error, "").status]
  const cells = [
    `\`${error.error}\``,
    status,
    isRetryable(error.error) ? "yes" : "no",
    `\`${openAiBody(error).error.type}\``,
    `\`${anthropicBody(error, "").error.type}\`${anthropic === status ? "" : `, ${anthropic}`}`
  ]
  return `| ${cells.join(" | ")} |`
}

/** The names in a row of the table of what becomes of OpenAI's fields. */
const named = (row: string): ReadonlyArray<string> => {
  const [, text = ""] = new RegExp(`^\\| ${row} \\| (.*)$`, "m").exec(page) ?? []
  return [...text.matchAll(/`(\w+)`/g)].map(([, name = ""]) => name)
}

describe("the tables of docs/api.md", () => {
  test("have each error as the doors write it", () => {
    expect(errors.map(rowOf).filter((row) => !page.includes(row))).toEqual([])
  })

  test("have the list prices", () => {
    const [, table = ""] = /\| a model of \|.*\n\|[ |-]*\n((?:\|.*\n)*)/.exec(page) ?? []
    const prices = table
      .trim()
      .split("\n")
      .map((row) =>
        row
          .split("|")
          .slice(2, 4)
          .map((cell) => cell.trim())
      )
    const sizes = [2_999n, 9_999n, 15_999n, 39_999n, 40_000n]
    expect(prices).toEqual(
      sizes.map((size) => {
        const { input_micros_per_1k, output_micros_per_1k } = listPriceOf(size, true)
        return [`$${usdc(output_micros_per_1k)}`, `$${usdc(input_micros_per_1k)}`]
      })
    )
    expect(listPriceOf(undefined, true)).toEqual(listPriceOf(1n, true))
  })

  test("have what OpenAI's door ignores and refuses", () => {
    expect(named("ignored")).toEqual([...ignored])
    const decode = Schema.decodeUnknownExit(ChatCompletionRequest)
    const refused = Object.keys(ChatCompletionRequest.fields).filter((name) =>
      String(decode({ model: "m", messages: [{ role: "user", content: "hi" }], [name]: { a: 1 } })).includes(
        "not supported"
      )
    )
    expect(refused.length).toBeGreaterThan(0)
    expect(named("refused").slice(0, refused.length).toSorted()).toEqual(refused.toSorted())
  })
})
