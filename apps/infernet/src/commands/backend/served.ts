/** What `infernet backend run` serves: a path, a file of the models folder, or a repository that the server fetches. */
import type { Model, ServerKind } from "@infernet/backend/run/Server"
import { Home } from "@infernet/platform/Home"
import { Effect, FileSystem } from "effect"
import { homedir } from "node:os"
import { basename, join, resolve } from "node:path"
import { Failure } from "../../terminal/exit.ts"
import { plain } from "../../terminal/style.ts"

const isPath = (name: string): boolean => /^(?:\.{0,2}|~)\//.test(name) || /\.gguf$/i.test(name)

/** A path is nothing that clients should have to know: its last part is the model's name. */
export const served = Effect.fnUntraced(function* (kind: ServerKind, name: string) {
  const fs = yield* FileSystem.FileSystem
  const { models } = yield* Home
  const isThere = (path: string) => Effect.orElseSucceed(fs.exists(path), () => false)
  const given = resolve(name.replace(/^~(?=\/)/, homedir()))
  const found = [given, ...(kind === "llamacpp" ? [join(models, `${name}.gguf`)] : [])]
  for (const path of found) {
    if (yield* isThere(path)) {
      return { from: path, alias: basename(path).replace(/\.gguf$/i, "") } satisfies Model as Model
    }
  }
  if (isPath(name)) return yield* new Failure({ message: `there is no ${plain(given)}` })
  if (name.includes("/")) return { from: name, alias: undefined } satisfies Model as Model
  const hint =
    kind === "llamacpp"
      ? "expected a GGUF file, the name of one in the models folder, or org/repository"
      : "expected a folder with a model, or org/repository of Hugging Face"
  return yield* new Failure({ message: `there is no model ${plain(name)}: ${hint}`, code: 2 })
})
