/**
 * Lifts Bun's limit of 256 concurrent fetches for a node, whose chats past it would wait in silence.
 *
 * Bun reads the variable before any code runs, so the process replaces itself once (22 ms), keeping its pid.
 */
const variable = "BUN_CONFIG_MAX_HTTP_REQUESTS"
const limit = "20000"

const startsNode = process.argv.includes("start")

if (startsNode && process.env[variable] === undefined && typeof process.execve === "function") {
  process.execve(process.execPath, process.argv, { ...process.env, [variable]: limit })
}
