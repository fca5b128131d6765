/** Where a server's program is: as given, in the current virtual environment, in `.venv` here, or on PATH. */
import { Config, Data, Effect, FileSystem, Path } from "effect"

/** The program that was named is not there, or cannot be run. */
export class NoSuchProgram extends Data.TaggedError("NoSuchProgram")<{ readonly path: string }> {
  override get message() {
    return `${this.path} is no program that can be run: look at --program`
  }
}

const executable = 0o111

const isProgram = Effect.fnUntraced(function* (path: string) {
  const fs = yield* FileSystem.FileSystem
  return yield* fs.stat(path).pipe(
    Effect.map(({ mode, type }) => type === "File" && (mode & executable) !== 0),
    Effect.orElseSucceed(() => false)
  )
})

const environment = Config.all({
  venv: Config.String("VIRTUAL_ENV").pipe(Config.withDefault("")),
  path: Config.String("PATH").pipe(Config.withDefault(""))
})

/** An absolute path; `undefined` where nothing of this name is found. Fails where `given` is no program. */
export const findProgram = Effect.fnUntraced(function* (name: string, given: string | undefined) {
  const path = yield* Path.Path
  if (given !== undefined) {
    const full = path.resolve(given)
    return (yield* isProgram(full)) ? full : yield* new NoSuchProgram({ path: full })
  }
  const { path: search, venv } = yield* Effect.orDie(environment)
  const folders = [
    ...(venv === "" ? [] : [path.join(venv, "bin")]),
    path.resolve(".venv/bin"),
    ...search.split(":").filter((folder) => path.isAbsolute(folder))
  ]
  for (const folder of folders) {
    const full = path.join(folder, name)
    if (yield* isProgram(full)) return full
  }
  return undefined
})
