import { describe, expect } from "bun:test"
import * as NodeServices from "@effect/platform-node/NodeServices"
import { Keyring } from "@infernet/daemon/node/Keyring"
import * as SecureRandom from "@infernet/testing/fakes/SecureRandom"
import { it } from "@infernet/testing/harness"
import { Context, Effect, FileSystem, Layer, type Scope } from "effect"
import { readdirSync, readFileSync } from "node:fs"
import { join } from "node:path"

type Home = { readonly folder: string; readonly start: Effect.Effect<Keyring["Service"], unknown, Scope.Scope> }

/** A folder of keys, and a node that starts there, as often as a test has one start. */
const test = (name: string, body: (home: Home) => Effect.Effect<void, unknown, FileSystem.FileSystem | Scope.Scope>) =>
  it.live(name, () =>
    Effect.gen(function* () {
      const fs = yield* FileSystem.FileSystem
      const folder = yield* fs.makeTempDirectoryScoped()
      const services = yield* Layer.build(Layer.merge(NodeServices.layer, SecureRandom.layer))
      const keys = Layer.fresh(Keyring.layerFiles(folder)).pipe(Layer.provide(Layer.succeedContext(services)))
      yield* body({ folder, start: Effect.map(Layer.build(keys), (context) => Context.get(context, Keyring)) })
    }).pipe(Effect.provide(NodeServices.layer, { local: true }))
  )

const ago = (hours: number) => new Date(Date.now() - hours * 3_600_000)
const keyOf = (keyring: Keyring["Service"]) => keyring.current().publicKey
const files = ({ folder }: Home) =>
  readdirSync(folder)
    .toSorted()
    .map((name) => [name, readFileSync(join(folder, name), "utf8").split("\n")[0]] as const)

describe("a node's keys", () => {
  test("change when the control plane has taken what the new one signed, and not before", (home) =>
    Effect.gen(function* () {
      const keyring = yield* home.start
      const first = keyOf(keyring)
      const [[, secret]] = files(home) as [readonly [string, string]]
      const { from, to } = yield* keyring.prepare(false)
      expect([from.publicKey, keyOf(keyring), to.id]).toEqual([first, first, keyring.id])
      yield* keyring.accepted("another key")
      expect(keyOf(keyring)).toBe(first)
      yield* keyring.accepted(to.publicKey)
      expect([keyring.id, keyOf(keyring)]).toEqual([from.id, to.publicKey])
      // The same node with another key, also for the next process; the old one is kept for what was pending.
      const next = yield* home.start
      expect([next.id, keyOf(next)]).toEqual([from.id, to.publicKey])
      const [key, old, ...more] = files(home)
      expect([key?.[0], old, more]).toEqual(["node.key", ["node.old.key", secret], []])
      expect(readFileSync(join(home.folder, "node.key"), "utf8")).toBe(`${key?.[1]}\n${from.id}\n`)
    }))

  test("survive a crash between the announcement and the change: the next start tries both, whichever is known", (home) =>
    Effect.gen(function* () {
      const { from, to } = yield* (yield* home.start).prepare(false)
      for (const known of [from, to]) {
        const keyring = yield* home.start
        expect(keyOf(keyring)).toBe(from.publicKey)
        if (known === to) {
          expect(keyring.refused(from.publicKey)).toBe(true)
          // A second word about the first request changes nothing.
          expect(keyring.refused(from.publicKey)).toBe(true)
          expect(keyOf(keyring)).toBe(to.publicKey)
        }
        yield* keyring.accepted(known.publicKey)
        expect(keyOf(keyring)).toBe(known.publicKey)
        // Not known is not refused for ever: the announcement may be on its way still.
        expect(files(home).some(([name]) => name === "node.next.key")).toBe(known === from)
      }
      expect(keyOf(yield* home.start)).toBe(to.publicKey)
    }))

  test("survive a crash after each step on the disk", (home) =>
    Effect.gen(function* () {
      const fs = yield* FileSystem.FileSystem
      const at = (name: string) => join(home.folder, name)
      const { from, to } = yield* (yield* home.start).prepare(false)
      // Killed with the draft made, and again with the old key in its place: twice the same file.
      for (const name of ["node.old.key.new", "node.old.key"]) {
        yield* fs.link(at("node.key"), at(name))
        const keyring = yield* home.start
        expect(keyOf(keyring)).toBe(from.publicKey)
        expect((yield* keyring.prepare(false)).to.publicKey).toBe(to.publicKey)
      }
      const keyring = yield* home.start
      keyring.refused(from.publicKey)
      yield* keyring.accepted(to.publicKey)
      expect(files(home).map(([name]) => name)).toEqual(["node.key", "node.old.key"])
      expect(keyOf(yield* home.start)).toBe(to.publicKey)
    }))

  test("sign with the new one where the disk takes no change, which a later start makes up for", (home) =>
    Effect.gen(function* () {
      const fs = yield* FileSystem.FileSystem
      const keyring = yield* home.start
      const { from, to } = yield* keyring.prepare(false)
      // A folder in the way of the draft: no privileges help with that.
      const obstacle = join(home.folder, "node.old.key.new", "full")
      yield* fs.makeDirectory(obstacle, { recursive: true })
      yield* keyring.accepted(to.publicKey)
      expect(keyOf(keyring)).toBe(to.publicKey)
      // It is known by now which of the two it is.
      expect(keyring.refused(to.publicKey)).toBe(false)
      expect(yield* Effect.flip(keyring.prepare(true))).toMatchObject({ _tag: "KeyFileError" })
      yield* fs.remove(join(home.folder, "node.old.key.new"), { recursive: true })
      const later = yield* home.start
      expect([keyOf(later), later.refused(from.publicKey)]).toEqual([from.publicKey, true])
      yield* later.accepted(to.publicKey)
      expect(keyOf(yield* home.start)).toBe(to.publicKey)
    }))

  test("keep the old one for a day, and pass over one that waits for another node", (home) =>
    Effect.gen(function* () {
      const fs = yield* FileSystem.FileSystem
      const keyring = yield* home.start
      const { to } = yield* keyring.prepare(false)
      yield* keyring.accepted(to.publicKey)
      const old = join(home.folder, "node.old.key")

      yield* fs.utimes(old, ago(23.9), ago(23.9))
      yield* home.start
      expect(yield* fs.exists(old)).toBe(true)
      yield* fs.utimes(old, ago(24.1), ago(24.1))
      yield* home.start
      expect(yield* fs.exists(old)).toBe(false)
      const next = join(home.folder, "node.next.key")
      const stranger = `${"7".repeat(64)}\n0x${"7".repeat(40)}\n`
      yield* fs.writeFileString(next, stranger, { mode: 0o600 })
      const again = yield* home.start
      expect(again.refused(to.publicKey)).toBe(false)
      expect((yield* again.prepare(false)).to.id).toBe(keyring.id)
      expect(yield* fs.readFileString(next)).not.toBe(stranger)
    }))
})
