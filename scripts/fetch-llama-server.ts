/**
 * Puts a real llama.cpp `llama-server` on this machine for the backend tests and prints its path as the last line.
 *
 * One on PATH is taken as it is; on Debian and Ubuntu the packages of Debian sid are unpacked into a cache of their own
 * (`$INFERNET_LLAMA_CACHE`, else `~/.cache/infernet/llama-server`), so that the system stays as it is. Running it again
 * costs nothing. Exits 1 with a reason where neither is possible.
 */
import {
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  symlinkSync,
  writeFileSync
} from "node:fs"
import { arch, homedir } from "node:os"
import { basename, join } from "node:path"
import { $ } from "bun"

/** What `llama-server` needs, its C library included: sid's is newer than that of stable releases. */
const packages = [
  "llama.cpp-tools",
  "libllama0",
  "libggml0",
  "libc6",
  "libgcc-s1",
  "libstdc++6",
  "libgomp1",
  "libssl3t64",
  "libzstd1",
  "zlib1g"
]

const platforms: Partial<Record<NodeJS.Architecture, { readonly triplet: string; readonly loader: string }>> = {
  x64: { triplet: "x86_64-linux-gnu", loader: "ld-linux-x86-64.so.2" },
  arm64: { triplet: "aarch64-linux-gnu", loader: "ld-linux-aarch64.so.1" }
}

const keyring = "/usr/share/keyrings/debian-archive-keyring.gpg"
const cache = process.env["INFERNET_LLAMA_CACHE"] ?? join(homedir(), ".cache", "infernet", "llama-server")
const binary = join(cache, "root", "usr", "bin", "llama-server")

const say = (line: string) => process.stderr.write(`${line}\n`)

/** A reason that a person can act on: printed as it is, without a stack. */
class Impossible extends Error {}

const works = async (path: string) => (await $`${path} --version`.quiet().nothrow()).exitCode === 0

/** The Debian mirror that this machine is configured with, from either form of apt's sources. */
const configuredMirror = (): string | undefined => {
  const listed = [...new Bun.Glob("sources.list.d/*.{sources,list}").scanSync({ cwd: "/etc/apt" })]
  const files = ["sources.list", ...listed].map((name) => join("/etc/apt", name)).filter((file) => existsSync(file))
  const text = files.map((file) => readFileSync(file, "utf8")).join("\n")
  const uris = [...text.matchAll(/^(?:URIs:|deb(?:\s+\[[^\]]*\])?)\s+(\S+)/gm)].flatMap(([, uri]) => uri ?? [])
  return uris.find((uri) => /\/debian\/?$/.test(uri))
}

const aptInstall = async (name: string) =>
  (await $`apt-get install -y --no-install-recommends ${name}`.quiet().nothrow()).exitCode === 0

/** `patchelf` points the unpacked binaries at the unpacked C library; it is the one thing that may need root. */
const ensurePatchelf = async () => {
  if (Bun.which("patchelf") !== null) return
  if (process.getuid?.() !== 0) {
    throw new Impossible("patchelf is missing. Install it (sudo apt-get install patchelf) and run this again.")
  }
  say("installing patchelf…")
  // The lists may be missing (in a fresh container) or stale; mostly they are neither.
  if (await aptInstall("patchelf")) return
  await $`apt-get update`.quiet().nothrow()
  if (!(await aptInstall("patchelf"))) throw new Impossible("apt-get could not install patchelf.")
}

/** Downloads and unpacks the packages below `directory`, with apt state of its own. */
const unpack = async (directory: string, mirror: string) => {
  const at = (...parts: ReadonlyArray<string>) => join(directory, ...parts)
  for (const parts of [["sources"], ["lists", "partial"], ["cache", "archives", "partial"], ["debs"], ["root"]]) {
    mkdirSync(at(...parts), { recursive: true })
  }
  writeFileSync(
    at("sources", "sid.sources"),
    `Types: deb\nURIs: ${mirror}\nSuites: sid\nComponents: main\nSigned-By: ${keyring}\n`
  )
  const options = [
    "-oDir::Etc::sourcelist=/dev/null",
    `-oDir::Etc::sourceparts=${at("sources")}`,
    `-oDir::State::Lists=${at("lists")}`,
    `-oDir::Cache=${at("cache")}`,
    "-oDir::State::status=/dev/null",
    // Without this, apt run by root downloads as a user who may not be able to write here.
    "-oAPT::Sandbox::User=root"
  ]
  say("reading the package lists of Debian sid…")
  await $`apt-get ${options} update`.quiet()
  say(`downloading ${packages.length} packages…`)
  await $`apt-get ${options} download ${packages}`.cwd(at("debs")).quiet()
  for (const deb of readdirSync(at("debs"))) await $`dpkg -x ${at("debs", deb)} ${at("root")}`.quiet()
}

/** Makes the binary find its own loader and libraries, at the place where they will finally lie. */
const relocate = async (
  root: string,
  finalRoot: string,
  platform: { readonly triplet: string; readonly loader: string }
) => {
  const libraries = join(root, "usr", "lib", platform.triplet)
  const finalLibraries = join(finalRoot, "usr", "lib", platform.triplet)
  const path = `${finalLibraries}:${join(finalLibraries, "llama")}`
  const cpuVariants = readdirSync(join(libraries, "ggml", "backends0")).filter((name) => name.endsWith(".so"))
  // ggml looks for its CPU variants beside the binary that runs.
  for (const name of cpuVariants) {
    symlinkSync(join(finalLibraries, "ggml", "backends0", name), join(root, "usr", "bin", name))
  }
  const server = join(root, "usr", "bin", "llama-server")
  await $`patchelf --set-interpreter ${join(finalLibraries, platform.loader)} --force-rpath --set-rpath ${path} ${server}`
  const shared = [libraries, join(libraries, "llama"), join(libraries, "ggml", "backends0")].flatMap((directory) =>
    readdirSync(directory, { withFileTypes: true })
      .filter((entry) => entry.isFile() && /^lib(llama|mtmd|ggml).*\.so/.test(basename(entry.name)))
      .map((entry) => join(directory, entry.name))
  )
  for (const file of shared) await $`patchelf --force-rpath --set-rpath ${path} ${file}`.quiet()
}

const fetchServer = async () => {
  const onPath = Bun.which("llama-server")
  if (onPath !== null && (await works(onPath))) return onPath
  if (existsSync(binary) && (await works(binary))) return binary
  if (process.platform !== "linux" || Bun.which("apt-get") === null) {
    throw new Impossible(
      "No llama-server on PATH, and this is not Debian or Ubuntu. Install llama.cpp (macOS: brew install llama.cpp)."
    )
  }
  const platform = platforms[process.arch]
  if (platform === undefined) throw new Impossible(`Debian's llama.cpp is not unpacked for ${arch()} by this script.`)
  if (!existsSync(keyring)) throw new Impossible(`${keyring} is missing: install the package debian-archive-keyring.`)
  await ensurePatchelf()
  const mirror = configuredMirror()
  if (mirror === undefined) throw new Impossible("apt has no Debian mirror configured to fetch llama.cpp from.")
  // A directory of this process, renamed when whole: an interrupted run leaves nothing that looks finished.
  const building = `${cache}.${process.pid}`
  try {
    await unpack(building, mirror)
    await relocate(join(building, "root"), join(cache, "root"), platform)
    rmSync(cache, { recursive: true, force: true })
    renameSync(building, cache)
  } finally {
    rmSync(building, { recursive: true, force: true })
  }
  if (!(await works(binary))) throw new Impossible("The unpacked llama-server does not start on this machine.")
  return binary
}

try {
  process.stdout.write(`${await fetchServer()}\n`)
} catch (error) {
  const detail = error instanceof $.ShellError ? error.stderr.toString().trim().split("\n").slice(-3).join("\n") : ""
  say(error instanceof Impossible ? error.message : `Could not fetch llama-server: ${String(error)}\n${detail}`)
  process.exitCode = 1
}
