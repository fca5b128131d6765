/** What `infernet model install <name>` was given: a library's model, a repository, an address or a file. */
import { Sha256 } from "@infernet/contract/Command"
import type { BackendKind } from "@infernet/contract/Node"
import { Option, Schema } from "effect"
import { modelName } from "../../settings/values.ts"

export type Asked =
  | { readonly _tag: "Library"; readonly name: string }
  | {
      readonly _tag: "Repository"
      readonly repository: string
      /** None: the one that suits most is chosen. */
      readonly file: string | undefined
      readonly sha256: string | undefined
    }
  | { readonly _tag: "Url"; readonly url: string; readonly sha256: string | undefined }
  | { readonly _tag: "Path"; readonly path: string }
  /** A wrong call, and what was expected. */
  | { readonly _tag: "Fault"; readonly message: string }

export interface Given {
  readonly name: string
  readonly file: string | undefined
  readonly sha256: string | undefined
  readonly backend: BackendKind | undefined
}

const fault = (message: string): Asked => ({ _tag: "Fault", message })

const isSha256 = Schema.is(Sha256)

/** As the site shows them: `https://huggingface.co/org/name`, also with `/blob/main/file.gguf`, or without a scheme. */
const page =
  /^(?:https?:\/\/)?(?:huggingface\.co|hf\.co)\/([^/?#]+\/[^/?#:]+)(?:\/(?:blob|resolve)\/main\/([^?#]+))?\/?(?:[?#].*)?$/

const isPath = (name: string): boolean =>
  /^(?:\.{0,2}|~)\//.test(name) || (/\.gguf$/i.test(name) && !name.includes("://"))

/** Of a library or a repository; no control plane takes longer ones. */
const isName = (name: string): boolean => Option.isSome(modelName.parse(name))

export const asked = ({ backend, file, name: written, sha256: given }: Given): Asked => {
  const name = written.trim()
  if (!/^\P{Cc}{1,2048}$/u.test(name)) return fault("name: expected a model's name, an address or a file")
  const sha256 = given?.toLowerCase().replace(/^sha256:/, "")
  if (sha256 !== undefined && !isSha256(sha256)) return fault("--sha256: expected 64 hexadecimal digits")
  const [, repository, inPage] = page.exec(name) ?? []
  if (repository !== undefined) {
    return { _tag: "Repository", repository, file: file ?? (inPage && decodeURIComponent(inPage)), sha256 }
  }
  if (/^https?:\/\//i.test(name)) {
    return file === undefined ? { _tag: "Url", url: name, sha256 } : fault("--file: an address is a file already")
  }
  if (isPath(name)) {
    return file === undefined && sha256 === undefined
      ? { _tag: "Path", path: name }
      : fault("--file and --sha256 are for what is downloaded: a file of this machine takes neither")
  }
  if (!isName(name)) return fault(`name: expected ${modelName.expected}`)
  const isRepository = /^[^/:]+\/[^/:]+$/.test(name)
  if (isRepository && (backend !== "ollama" || file !== undefined)) {
    return { _tag: "Repository", repository: name, file, sha256 }
  }
  if (file !== undefined) return fault(`--file is of a Hugging Face repository: expected org/name, not ${name}`)
  if (sha256 !== undefined) return fault("--sha256 is of a file: give a repository (org/name) or an address with it")
  return { _tag: "Library", name }
}
