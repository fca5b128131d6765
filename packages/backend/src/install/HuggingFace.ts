/** GGUF files on Hugging Face, or a mirror of it: which there are, how large, with which checksum, and where. */
import { Sha256 } from "@infernet/contract/Command"
import { Config, Context, Effect, Layer, type Redacted, Schema } from "effect"
import { FetchHttpClient } from "effect/http"
import { quantizationIn } from "./fileTypes.ts"
import { InstallError } from "./Install.ts"
import * as request from "./request.ts"

export interface HubFile {
  /** Its path within the repository. */
  readonly path: string
  readonly bytes: number
  readonly sha256: string | undefined
}

export interface Choice {
  readonly file: HubFile
  /** For a person: why this one, of how many. */
  readonly why: string
}

const revision = "main"
const defaultEndpoint = "https://huggingface.co"
const patience = "20 seconds"
/** Pages of a thousand entries. */
const pagesAllowed = 10
const bodyLimit = 8 << 20

const size = Schema.Int.check(Schema.isGreaterThanOrEqualTo(0))
const Tree = Schema.fromJsonString(
  Schema.Array(
    Schema.Struct({
      type: Schema.String,
      path: Schema.String,
      size,
      lfs: Schema.optional(Schema.NullOr(Schema.Struct({ oid: Sha256, size })))
    })
  )
)
const decode = Schema.decodeUnknownEffect(Tree)

const fail = (reason: InstallError["reason"], message: string) => Effect.fail(new InstallError({ reason, message }))

const isRepository = (name: string): boolean =>
  name.length <= 200 && /^[\w][\w.-]*\/[\w][\w.-]*$/.test(name) && !name.includes("..")

const isPath = (path: string): boolean =>
  path.length <= 512 && /^\P{Cc}*$/u.test(path) && path.split("/").every((part) => !/^\.{0,2}$/.test(part))

const isModel = (path: string): boolean => /\.gguf$/i.test(path) && !/(^|[/_-])mmproj/i.test(path)

/** One of several files that make up a model. */
export const isSplit = (path: string): boolean => /-\d{5}-of-\d{5}\.gguf$/i.test(path)

/** What most people run: small, and hardly worse than the whole. */
const preferred = ["Q4_K_M", "Q4_K_S", "IQ4_XS", "Q4_0", "Q5_K_M", "Q5_K_S", "Q6_K", "Q8_0"]

/** The file to take where none is named; `undefined` where there is none. */
export const choose = (files: ReadonlyArray<HubFile>): Choice | undefined => {
  const whole = files.filter(({ path }) => !isSplit(path)).toSorted((a, b) => a.bytes - b.bytes)
  const named = preferred.flatMap((quantization) => {
    const file = whole.find(({ path }) => quantizationIn(path) === quantization)
    return file === undefined ? [] : [{ file, quantization }]
  })
  const [best] = named
  const of = whole.length === 1 ? "the only file there is" : `of ${whole.length} files`
  if (best !== undefined) return { file: best.file, why: `${best.quantization}, ${of}` }
  return whole[0] === undefined ? undefined : { file: whole[0], why: whole.length === 1 ? of : `the smallest ${of}` }
}

export class HuggingFace extends Context.Service<
  HuggingFace,
  {
    readonly endpoint: URL
    readonly token: Redacted.Redacted | undefined
    /** The GGUF files of a repository (`org/name`). */
    readonly files: (repository: string) => Effect.Effect<ReadonlyArray<HubFile>, InstallError>
    /** One of them by its path; fails with `not_found`, naming some that there are. */
    readonly file: (repository: string, path: string) => Effect.Effect<HubFile, InstallError>
    /** The file to take where a person named none. */
    readonly choose: (repository: string) => Effect.Effect<Choice, InstallError>
    /** Where a file is downloaded. */
    readonly url: (repository: string, path: string) => URL
  }
>()("@infernet/backend/install/HuggingFace") {
  /** From `HF_ENDPOINT` and `HF_TOKEN`. */
  static readonly layer = Layer.effect(
    HuggingFace,
    Effect.gen(function* () {
      const fetch = yield* FetchHttpClient.Fetch
      const endpoint = yield* Config.URL("HF_ENDPOINT").pipe(Config.withDefault(new URL(defaultEndpoint)))
      const token = yield* Config.option(Config.Redacted("HF_TOKEN"))
      const authorization = token._tag === "Some" ? token.value : undefined
      const base = endpoint.href.replace(/\/+$/, "")
      const host = endpoint.host

      const refused = (repository: string, status: number) => {
        // Hugging Face says 401 of what it does not know, lest one learn what is private.
        if (status === 401 || status === 404) {
          return fail("not_found", `${host} knows no "${repository}"; if it is private or gated, set HF_TOKEN`)
        }
        if (status === 403)
          return fail("not_allowed", `${host} refuses "${repository}": accept its licence, set HF_TOKEN`)
        return fail("unreachable", `${host} answered ${status} for the files of "${repository}": try again later`)
      }

      const page = (at: URL, repository: string) =>
        Effect.gen(function* () {
          const controller = new AbortController()
          yield* Effect.addFinalizer(() => Effect.sync(() => controller.abort()))
          const { response, text } = yield* Effect.tryPromise({
            try: async () => {
              const { response } = await request.open(fetch, at, {}, authorization, controller.signal)
              return { response, text: response.ok ? await request.text(response, bodyLimit) : "" }
            },
            catch: (cause) => request.unreachable(host, cause)
          })
          if (!response.ok) return yield* refused(repository, response.status)
          const entries = yield* decode(text).pipe(
            Effect.catch(() => fail("failed", `${host} answered with something but a list of files: check HF_ENDPOINT`))
          )
          const next = /<([^>]+)>;\s*rel="next"/.exec(response.headers.get("link") ?? "")?.[1]
          const url = next === undefined ? null : URL.parse(next, at)
          return { entries, next: url !== null && url.origin === at.origin ? url : undefined }
        }).pipe(
          Effect.scoped,
          Effect.timeoutOrElse({
            duration: patience,
            orElse: () => fail("unreachable", `${host} took more than ${patience} to list "${repository}"`)
          })
        )

      const files = Effect.fn("HuggingFace.files")(function* (repository: string) {
        if (!isRepository(repository))
          return yield* fail("not_found", `"${repository}" is no repository: expected org/name`)
        const found: Array<HubFile> = []
        let at: URL | undefined = new URL(`${base}/api/models/${repository}/tree/${revision}?recursive=true`)
        for (let count = 0; at !== undefined && count < pagesAllowed; count++) {
          const { entries, next }: Effect.Success<ReturnType<typeof page>> = yield* page(at, repository)
          for (const { lfs, path, size, type } of entries) {
            if (type === "file" && isModel(path) && isPath(path))
              found.push({ path, bytes: lfs?.size ?? size, sha256: lfs?.oid })
          }
          at = next
        }
        return found
      })

      const file = Effect.fn("HuggingFace.file")(function* (repository: string, path: string) {
        if (!isPath(path)) return yield* fail("not_found", `"${path}" is no path of a file`)
        const there = yield* files(repository)
        const found = there.find((one) => one.path === path)
        if (found !== undefined) return found
        const some = there.slice(0, 5).map((one) => one.path)
        const told = some.length === 0 ? "it has no GGUF file" : `it has ${some.join(", ")}`
        return yield* fail("not_found", `"${repository}" has no file "${path}"; ${told}`)
      })

      const chosen = Effect.fn("HuggingFace.choose")(function* (repository: string) {
        const there = yield* files(repository)
        const choice = choose(there)
        if (choice !== undefined) return choice
        const why = there.length > 0 ? "has its models in several files each" : "has no GGUF file"
        return yield* fail("unsupported", `"${repository}" ${why}: choose a repository with whole GGUF files`)
      })

      const url = (repository: string, path: string) =>
        new URL(`${base}/${repository}/resolve/${revision}/${path.split("/").map(encodeURIComponent).join("/")}`)

      return HuggingFace.of({ endpoint, token: authorization, files, file, choose: chosen, url })
    })
  )
}
