/** Files that travel with the program: in the repository they lie where they belong, in the package beside the bundle. */
import { fileURLToPath } from "node:url"

/** Set while the package is built: its `dist/` holds the bundle and what else the program reads. */
declare const INFERNET_PACKAGED: true | undefined

export const isPackaged = typeof INFERNET_PACKAGED !== "undefined"

/**
 * The path of a file or directory.
 *
 * @param inRepository relative to the module `from`, which gives its `import.meta.url`
 * @param inPackage relative to the package's `dist/`
 */
export const travelling = (from: string, inRepository: string, inPackage: string): string =>
  fileURLToPath(new URL(isPackaged ? `./${inPackage}` : inRepository, from))
