/**
 * What somebody who is not at the machine may ask a node to install or remove: names, never addresses.
 *
 * Both sides ask this: the control plane to refuse with a sentence, the node because it trusts no control plane with
 * what it fetches.
 */
import type { IssueCommand } from "./Command.ts"

export type RemoteInstall =
  | { readonly _tag: "Library"; readonly name: string }
  | { readonly _tag: "HuggingFace"; readonly repository: string; readonly file: string; readonly sha256: string }

/** What is wrong with the request, and in which of its fields. */
export interface Fault {
  readonly _tag: "Fault"
  readonly field: "model" | "file" | "sha256"
  readonly message: string
}

type Asked = Pick<IssueCommand, "model" | "file" | "sha256">

const fault = (field: Fault["field"], message: string): Fault => ({ _tag: "Fault", field, message })

const localOnly = "URLs and paths are for the local command only"
const word = "[A-Za-z0-9_][A-Za-z0-9_.-]{0,95}"

/** `name:tag` or `namespace/name:tag`: a third part would be a host that the node is sent to. */
const library = new RegExp(`^${word}(/${word})?(:${word})?$`)
const repository = new RegExp(`^${word}/${word}$`)

/** Also what only looks like a name: half a character is stored as another one. */
const isPath = (text: string) =>
  /:\/\/|\\|^[/~]/.test(text) || !text.isWellFormed() || text.split("/").some((part) => /^\.{0,2}$/.test(part))

export const remoteInstall = ({ file, model, sha256 }: Asked): RemoteInstall | Fault => {
  if (model === undefined) return fault("model", "expected the name of a model to install")
  if (isPath(model)) return fault("model", localOnly)
  if (file === undefined) {
    if (sha256 !== undefined) return fault("sha256", "a checksum is of a file: send its name as `file`")
    if (library.test(model)) return { _tag: "Library", name: model }
    return fault("model", `expected a library model such as qwen3:4b, or a repository and a \`file\`: ${localOnly}`)
  }
  if (!repository.test(model)) return fault("model", "a file is of a Hugging Face repository: expected org/name")
  // Its address is made of it: nothing in it may end the path or climb out of the repository.
  if (isPath(file) || /[?#%]/.test(file)) return fault("file", `expected a file of the repository: ${localOnly}`)
  if (sha256 === undefined) return fault("sha256", "a file from afar needs its SHA-256: the repository's page shows it")
  return { _tag: "HuggingFace", repository: model, file, sha256 }
}

/** The name of the model to remove, as the node offers it. */
export const remoteRemoval = ({ file, model, sha256 }: Asked): string | Fault => {
  if (model === undefined) return fault("model", "expected the name of a model to remove")
  if (isPath(model)) return fault("model", localOnly)
  if (file !== undefined) return fault("file", "only model_install takes a file: remove a model by its name")
  if (sha256 !== undefined) return fault("sha256", "only model_install takes a checksum: remove a model by its name")
  return model
}
