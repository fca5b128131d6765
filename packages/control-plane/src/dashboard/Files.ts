/** The dashboard's files as they are served: in memory, in the forms that browsers accept. */
import { Effect, FileSystem, Path } from "effect"

export interface File {
  readonly type: string
  /** Of what is in it: the same bytes have the same tag. */
  readonly tag: string
  /** As it is, and as it was compressed when it was built; small ones were not. */
  readonly forms: ReadonlyMap<"br" | "gzip" | "identity", Uint8Array>
}

/** By its path in an address: `/assets/index-1a2b3c.js`. */
export type Files = ReadonlyMap<string, File>

const types: Record<string, string> = {
  ".css": "text/css; charset=utf-8",
  ".html": "text/html; charset=utf-8",
  ".js": "text/javascript; charset=utf-8",
  ".json": "application/json",
  ".png": "image/png",
  ".svg": "image/svg+xml",
  ".txt": "text/plain; charset=utf-8",
  ".woff2": "font/woff2"
}

const encodings = [
  ["br", ".br"],
  ["gzip", ".gz"]
] as const

/** All files below the folder; none where there is no such folder, or nothing was built into it. */
export const read = Effect.fnUntraced(function* (folder: string) {
  const fs = yield* FileSystem.FileSystem
  const path = yield* Path.Path
  if (!(yield* fs.exists(path.join(folder, "index.html")))) return new Map<string, File>()
  const names = yield* fs.readDirectory(folder, { recursive: true })
  const known = new Set(names)
  const files = new Map<string, File>()
  for (const name of names) {
    const type = types[path.extname(name)]
    if (type === undefined) continue
    const bytes = yield* fs.readFile(path.join(folder, name))
    const forms = new Map<"br" | "gzip" | "identity", Uint8Array>([["identity", bytes]])
    for (const [encoding, ending] of encodings) {
      if (known.has(name + ending)) forms.set(encoding, yield* fs.readFile(path.join(folder, name + ending)))
    }
    files.set(`/${name.replaceAll(path.sep, "/")}`, { type, tag: `"${Bun.hash(bytes).toString(36)}"`, forms })
  }
  return files
})

/** The smallest form of a file that the browser takes, by its `Accept-Encoding`. */
export const formFor = ({ forms }: File, accepted: string | undefined): readonly [string, Uint8Array] => {
  const words = (accepted ?? "").split(/\s*,\s*/).filter((word) => !/;\s*q=0(?:\.0*)?$/.test(word))
  const names = new Set(words.map((word) => word.replace(/;.*/, "").toLowerCase()))
  for (const encoding of ["br", "gzip"] as const) {
    const bytes = forms.get(encoding)
    if (bytes !== undefined && names.has(encoding)) return [encoding, bytes]
  }
  return ["identity", forms.get("identity") ?? new Uint8Array()]
}
