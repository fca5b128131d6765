/** npm's Solidity compiler as the program that forge wants to start: it knows `--version` and `--standard-json`. */
import { readFileSync, writeSync } from "node:fs"
import solc from "solc"

/** In parts: a pipe takes less than a compiler's output at a time. */
const write = (bytes: Uint8Array): void => {
  for (let written = 0; written < bytes.length;) written += writeSync(1, bytes, written)
}

// Forge hands over what it finds itself, and it loses its way where packages are links.
const imported = (path: string) => ({ contents: readFileSync(path, "utf8") })

const options = new Set(process.argv.slice(2))
if (options.has("--version")) {
  // Forge knows the compiler by a version line of its native builds.
  const version: string = solc.version().replace("Emscripten.clang", "Linux.g++")
  write(Buffer.from(`solc, the solidity compiler commandline interface\nVersion: ${version}\n`))
} else if (options.has("--standard-json")) {
  write(Buffer.from(solc.compile(await Bun.stdin.text(), { import: imported })))
} else {
  process.stderr.write("only --version and --standard-json\n")
  process.exitCode = 2
}
