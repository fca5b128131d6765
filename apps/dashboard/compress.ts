/** Beside each file that is worth it, the same compressed as far as it goes: once here, and not at each request. */
import { readdirSync, readFileSync, writeFileSync } from "node:fs"
import { join } from "node:path"
import { brotliCompressSync, constants, gzipSync } from "node:zlib"
import type { Plugin } from "vite"

/** Smaller ones fit in a packet as they are. */
const worthFrom = 1_024

export const compress = (): Plugin => {
  let dist = ""
  return {
    name: "compress",
    apply: "build",
    configResolved: ({ build, root }) => void (dist = join(root, build.outDir)),
    closeBundle: () => {
      for (const name of readdirSync(dist, { recursive: true, encoding: "utf8" })) {
        if (!/\.(?:css|html|js|svg)$/.test(name)) continue
        const file = join(dist, name)
        const bytes = readFileSync(file)
        if (bytes.length < worthFrom) continue
        writeFileSync(`${file}.br`, brotliCompressSync(bytes, { params: { [constants.BROTLI_PARAM_QUALITY]: 11 } }))
        writeFileSync(`${file}.gz`, gzipSync(bytes, { level: 9 }))
      }
    }
  }
}
