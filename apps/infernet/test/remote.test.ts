/** Nodes operated from afar: shown, drained, given models and rid of them, over the control plane's API. */
import { expect } from "bun:test"
import { it } from "@infernet/testing/harness"
import { Effect } from "effect"
import { readdirSync } from "node:fs"
import { join } from "node:path"
import { hub } from "./hub.ts"
import { freePort, freshHome, infernet, network, running } from "./infernet.ts"

const model = Bun.fileURLToPath(new URL("../../../packages/backend/assets/tiny-demo-q8_0.gguf", import.meta.url))

/** A network of one node, its operator elsewhere with a key, and the start of the node's id. */
const world = Effect.gen(function* () {
  const [home, away, files, port] = yield* Effect.all([freshHome, freshHome, hub, freePort])
  const started = yield* network({ home, port, env: { HF_ENDPOINT: files.url } })
  const { stdout } = yield* infernet(["api-key", "create", "operator"], { home })
  const env = { INFERNET_CONTROL_PLANE: `http://127.0.0.1:${port}`, INFERNET_BEARER_TOKEN: stdout.trim() }
  const options = { home: away, env }
  const run = (...args: ReadonlyArray<string>) => infernet(args, options)
  const [{ id }] = JSON.parse((yield* run("node", "list", "--json")).stdout)
  const bytes = yield* Effect.promise(() => Bun.file(model).bytes())
  const sha256 = new Bun.CryptoHasher("sha256").update(bytes).digest("hex")
  return { home, away, files, id: String(id), node: String(id).slice(0, 10), options, run, sha256, started }
})

const parse = ({ stdout }: { readonly stdout: string }) => JSON.parse(stdout)

const types = (stdout: string): ReadonlyArray<unknown> =>
  stdout
    .trim()
    .split("\n")
    .map((line) => JSON.parse(line).type)
    .filter((type, index, all) => type !== all[index - 1])

it.live(
  "installs and removes a model at a node elsewhere, and takes the installation back on Ctrl-C",
  () =>
    Effect.gen(function* () {
      const { away, files, home, id, node, options, run, sha256, started } = yield* world
      const install = ["model", "install", "org/tiny", "--file=tiny-Q8_0.gguf", `--sha256=${sha256}`, `--node=${node}`]
      const first = yield* running([...install, "--json"], options)
      yield* first.until(/"completed_bytes":[1-9]/)
      const [listed] = parse(yield* run("command", "list", node, "--json"))
      expect(listed).toMatchObject({ kind: "model_install", model: "org/tiny", state: "running", node_id: id })
      expect((yield* first.stop("SIGINT")).code).toBe(130)
      yield* started.until(/model +stopped/)
      expect(types(first.output())).toEqual(["started", "progress", "stopped"])
      expect(readdirSync(join(home, "models")).toSorted()).toEqual(["tiny-Q8_0.gguf.part", "tiny-Q8_0.gguf.part.json"])

      // Cancelled from another terminal: whoever waits for it is told.
      const second = yield* running([...install, "--json"], options)
      const [, open = ""] = yield* second.until(/"type":"started","command":"(cmd_\w+)"/)
      expect(yield* run("command", "cancel", node, open)).toMatchObject({ code: 0, stderr: "" })
      expect(yield* second.exited).toBe(1)
      expect(second.output()).toContain("it was stopped, by somebody else: what has come is kept")

      files.release()
      const third = yield* infernet(install, options)
      expect(third).toMatchObject({ code: 0, stderr: "" })
      expect(third.stdout).toContain(`infernet node show ${id}`)
      expect(third.stdout).not.toContain("\u001b")
      expect(parse(yield* run("node", "show", node, "--json")).models).toMatchObject([
        { id: "tiny-Q8_0", digest: expect.stringContaining(sha256) }
      ])

      const unasked = yield* run("model", "remove", "tiny-Q8_0", "--node", node)
      expect(unasked).toMatchObject({ code: 2, stderr: expect.stringContaining("add --yes") })
      expect(yield* run("model", "remove", "tiny-Q8_0", "--node", node, "--yes")).toMatchObject({ code: 0 })
      expect(readdirSync(join(home, "models"))).toEqual([])
      const again = yield* run("model", "remove", "tiny-Q8_0", "--node", node, "--yes", "--json")
      expect({ code: again.code, types: types(again.stdout) }).toEqual({ code: 1, types: ["started", "failed"] })
      expect(again.stderr).toContain("tiny-Q8_0")
      // Nothing of it was done here.
      expect(readdirSync(join(away, "models"))).toEqual([])
    }),
  { timeout: 120_000 }
)

it.live(
  "drains and resumes a node by the beginning of its id, and sends nothing that is wrong",
  () =>
    Effect.gen(function* () {
      const { id, node, run } = yield* world
      expect(yield* run("node", "drain", node)).toMatchObject({ code: 0, stderr: "" })
      expect(parse(yield* run("node", "show", id, "--json"))).toMatchObject({ status: "draining", drained: true })
      expect((yield* run("node", "list")).stdout).toMatch(
        new RegExp(`^${id} +\\S+ +draining +\\S+ +0/\\d+ +tiny-demo$`, "m")
      )
      expect(yield* run("node", "resume", node.toUpperCase().replace("X", "x"))).toMatchObject({ code: 0, stderr: "" })
      const shown = yield* run("node", "show", node)
      expect(shown.stdout).toMatch(/^ {2}status +online$/m)
      expect(shown.stdout).toMatch(/^llama.cpp, embedded +\S+ +yes /m)

      const cases = [
        [["node", "show", "0xg"], 2, "is not a node's id"],
        [["node", "drain", "0x" + (id.startsWith("0x0") ? "1" : "0").repeat(40)], 1, "this network has no node"],
        [["model", "install", "./m.gguf", "--node", node], 2, "for the local command only"],
        [["model", "install", "https://example.com/m.gguf", "--node", node], 2, "for the local command only"],
        [["model", "install", "org/tiny", "--node", node], 2, "--file and --sha256"],
        [["model", "remove", "../m", "--node", node, "--yes"], 2, "for the local command only"],
        [["model", "remove", "m", "--control-plane", "http://127.0.0.1:1", "--yes"], 2, "--node"],
        [["model", "remove", "m", "--node", node, "--control-plane", "http://127.0.0.1:1"], 1, "http://127.0.0.1:1"],
        [["command", "cancel", node, "cmd_1"], 2, "is not a command's id"]
      ] as const
      for (const [args, code, says] of cases) {
        const result = yield* run(...args)
        expect({ args, code: result.code, stdout: result.stdout }).toEqual({ args, code, stdout: "" })
        expect(result.stderr).toContain(says)
      }
      const commands: ReadonlyArray<{ kind: string }> = parse(yield* run("command", "list", node, "--json"))
      expect(commands.map(({ kind }) => kind)).toEqual(["resume", "drain"])
    }),
  { timeout: 120_000 }
)
