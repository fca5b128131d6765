/** Which route a request is for, however its path is spelled: the router takes each in many spellings. */

/** Without what an absolute address begins with, and what ends a path. */
const pathIn = (url: string): string => /^(?:[a-z][a-z0-9+.-]*:\/\/[^/?#]*)?([^?#;]*)/i.exec(url)?.[1] ?? ""

const decoded = (path: string): string => {
  try {
    return decodeURIComponent(path)
  } catch {
    // No route has it.
    return path
  }
}

/** In lower case, unescaped, with single slashes and none at its end; for decisions, not to be shown. */
export const routePath = (originalUrl: string): string => {
  const path = decoded(pathIn(originalUrl))
    .replace(/\/{2,}/g, "/")
    .toLowerCase()
  return path.length > 1 && path.endsWith("/") ? path.slice(0, -1) : path
}
