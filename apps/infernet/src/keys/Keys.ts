/** The secret files of a home, as they lie there: whose they are, who can read them, whether they are whole. */
import { Identity } from "@infernet/auth/Identity"
import * as ApiKey from "@infernet/auth/ApiKey"
import * as KeyFile from "@infernet/auth/KeyFile"
import { receiptGraceHours } from "@infernet/contract/Node"
import * as KeyringFiles from "@infernet/daemon/node/KeyringFiles"
import { Home } from "@infernet/platform/Home"
import * as refused from "@infernet/platform/refused"
import { DateTime, Effect, FileSystem, Option, Redacted } from "effect"
import { join } from "node:path"
import * as LocalKey from "../client/LocalKey.ts"

export type KeyName = "node" | "control-plane" | "client" | "operator" | "gateway" | "gateway-session" | "treasury"

/** What each of them is for. */
export const purposes: Readonly<Record<KeyName, string>> = {
  node: "this node's identity",
  "control-plane": "the control plane's identity",
  client: "API key of this machine's own client",
  operator: "says where this node is paid, and pays for gas",
  gateway: "the wallet that pays nodes",
  "gateway-session": "signs what each job may cost",
  treasury: "gets the platform's fees on the local chain"
}

export const names: ReadonlyArray<KeyName> = [
  "node",
  "control-plane",
  "client",
  "operator",
  "gateway",
  "gateway-session",
  "treasury"
]

/** A node has up to three: one that it signs with, one that is to take its place, and one whose place was taken. */
export type State = "current" | "waiting" | "old"

export interface Key {
  readonly name: KeyName
  readonly state: State
  readonly path: string
  /** Octal, such as `0600`. */
  readonly mode: string
  /** ISO 8601, of the file. */
  readonly createdAt: string
  /** Until when an old one may sign receipts of what was pending, ISO 8601. */
  readonly until: string | undefined
  /**
   * Whose key it is: a node keeps the address of its first one. Of an API key what can be shown of it. `undefined` where
   * the file cannot be used.
   */
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
    onFailure: (error): Content => broken(error._tag === "PlatformError" ? refused.sentence(error) : error.message),
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

const epoch = new Date(0)

const at = Effect.fnUntraced(function* (name: KeyName, state: State, file: string) {
  const fs = yield* FileSystem.FileSystem
  const path = join((yield* Home).keys, file)
  const info = yield* Effect.option(fs.stat(path))
  if (Option.isNone(info)) return Option.none<Key>()
  const { birthtime, mode, mtime } = info.value
  const changed = Option.getOrElse(mtime, () => epoch)
  const until = DateTime.add(DateTime.fromDateUnsafe(changed), { hours: receiptGraceHours })
  const content = yield* name === "client" ? apiKey : identityAt(path)
  return Option.some<Key>({
    name,
    state,
    path,
    mode: (mode & 0o777).toString(8).padStart(4, "0"),
    createdAt: DateTime.formatIso(DateTime.fromDateUnsafe(Option.getOrElse(birthtime, () => changed))),
    until: state === "old" ? DateTime.formatIso(until) : undefined,
    ...content
  })
})

/** The key of this name that counts; none where there is no such file. */
export const find = (name: KeyName) => at(name, "current", `${name}.key`)

/** Every key of this home; those that the node has besides its own come after that. */
export const all = Effect.gen(function* () {
  const files = [
    at("node", "current", KeyringFiles.names.key),
    at("node", "waiting", KeyringFiles.names.next),
    at("node", "old", KeyringFiles.names.old),
    ...names.filter((name) => name !== "node").map(find)
  ]
  const found = (yield* Effect.all(files)).flatMap((key) => Option.toArray(key))
  const current = found.find(({ name }) => name === "node")
  // A change that was broken off has left the same key in two places.
  return found.filter((key) => key.state === "current" || key.publicKey !== current?.publicKey || key.problem)
})

/** The secret as its file has it; for one that `find` has found whole. */
export const secret = ({ path }: Key) =>
  Effect.flatMap(FileSystem.FileSystem, (fs) =>
    Effect.map(fs.readFileString(path), (text) => Redacted.make(text.trim(), { label: "key" }))
  )
