/** Two commands that an operator can paste at once. */
import { dim } from "../terminal/style.ts"
import { prompt } from "./selfCheck.ts"

export interface Example {
  /** How this program is called here. */
  readonly command: string
  readonly url: string
  readonly model: string
  readonly isDemo: boolean
}

/** As one word of a shell. */
const quoted = (text: string): string => `'${text.replaceAll("'", `'\\''`)}'`

/** `curl` asks a proxy of the environment even for this machine. */
const behindProxy = ["http_proxy", "all_proxy", "ALL_PROXY"].some((name) => Boolean(process.env[name]))

export const examples = ({ command, isDemo, model, url }: Example): string => {
  // The demo knows children's stories and nothing else.
  const question = isDemo ? prompt : "What is the capital of France?"
  const messages = JSON.stringify([{ role: "user", content: question }])
  // In two lines, each within a terminal's usual width.
  const body = `{"model":${JSON.stringify(model)},"stream":true,\n        "messages":${messages}}`
  return [
    "",
    dim("  Ask it, from this machine:"),
    "",
    `  curl -N ${behindProxy ? "--noproxy '*' " : ""}${url}/v1/chat/completions \\`,
    `    -H "Authorization: Bearer $(${command} api-key show-local)" \\`,
    `    -H "Content-Type: application/json" \\`,
    `    -d ${quoted(body)}`,
    "",
    `  ${command} chat "${question}"`,
    ""
  ].join("\n")
}
