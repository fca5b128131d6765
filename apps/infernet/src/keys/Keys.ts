/** The secret files of a home, as they lie there: whose they are, who can read them, whether they are whole. */
import { Identity } from "@infernet/auth/Identity"
import * as ApiKey from "@infernet/auth/ApiKey"
import * as KeyFile from "@infernet/auth/KeyFile"
import { Home } from "@infernet/platform/Home"
import { DateTime, Effect, FileSystem, Option, Redacted } from "effect"
import { join } from "node:path"
import * as LocalKey from "../client/LocalKey.ts"

export type KeyName = "node" | "control-plane" | "client"

/** What each of them is for. */
export const purposes: Readonly<Record<KeyName, string>> = {
  node: "this node's identity",
  "control-plane": "the control plane's identity",
  client: "API key of this machine's own client"
}

export const names: ReadonlyArray<KeyName> = ["node", "control-plane", "client"]

export interface Key {
  readonly name: KeyName
  readonly path: string
  /** Octal, such as `0600`. */
  readonly mode: string
  /** ISO 8601, of the file. */
  readonly createdAt: string
  /** The address; of an API key what can be shown of it. `undefined` where the file cannot be used. */
  readonly id: string | undefined
  /** 33 bytes in hexadecimal; an API key has none. */
  readonly publicKey: string | undefined
  /** Why it cannot be used. */
  readonly problem: string | undefined
}

type Content = Pick<Key, "id" | "publicKey" | "problem">

const broken = (problem: string): Content => ({ id: undefined, publicKey: undefined, problem })

const identityAt = (path: string) =>
  Effect.match(KeyFile.read(path), {
    onFailure: ({ message }): Content => broken(message),
    onSuccess: (key): Content => {
      const { id, publicKey } = Identity.fromStoredKey(key)
      return { id, publicKey, problem: undefined }
    }
  })

const apiKey = Effect.match(LocalKey.read, {
  onFailure: ({ message }): Content => broken(message),
  onSuccess: (found): Content => {
    const key = Option.map(found, (key) => ApiKey.parse(Redacted.value(key)))
    return Option.isSome(key) && key.value !== undefined
      ? { id: ApiKey.fingerprint(key.value), publicKey: undefined, problem: undefined }
      : broken("it does not hold an API key: delete it and start again, which makes a new one")
  }
})

/** The key of this name; none where there is no such file. */
export const find = Effect.fnUntraced(function* (name: KeyName) {
  const fs = yield* FileSystem.FileSystem
  const path = join((yield* Home).keys, `${name}.key`)
  const info = yield* Effect.option(fs.stat(path))
  if (Option.isNone(info)) return Option.none<Key>()
  const { birthtime, mode, mtime } = info.value
  const created = Option.getOrElse(
    Option.orElse(birthtime, () => mtime),
    () => new Date(0)
  )
  const content = yield* name === "client" ? apiKey : identityAt(path)
  return Option.some<Key>({
    name,
    path,
    mode: (mode & 0o777).toString(8).padStart(4, "0"),
    createdAt: DateTime.formatIso(DateTime.fromDateUnsafe(created)),
    ...content
  })
})

export const all = Effect.map(Effect.forEach(names, find), (found) => found.flatMap((key) => Option.toArray(key)))

/** The secret as its file has it; for one that `find` has found whole. */
export const secret = ({ path }: Key) =>
  Effect.flatMap(FileSystem.FileSystem, (fs) =>
    Effect.map(fs.readFileString(path), (text) => Redacted.make(text.trim(), { label: "key" }))
  )
