/** `infernet dashboard`: a link that signs one browser in, once, without a password. */
import { lifetimes } from "@infernet/contract/Session"
import { Console, Effect } from "effect"
import { Command } from "effect/cli"
import * as Joining from "../client/Joining.ts"
import * as options from "../settings/options.ts"
import { dim, plain } from "../terminal/style.ts"

export const dashboard = Command.make(
  "dashboard",
  { controlPlane: options.controlPlaneFlag("Of this network instead of the one here"), json: options.json },
  Effect.fnUntraced(function* ({ controlPlane, json }) {
    const link = yield* Joining.createSignInLink(controlPlane)
    if (json) return yield* Console.log(JSON.stringify(link))
    const note = `signs one browser in, within ${lifetimes.linkMinutes} minutes: give it to nobody`
    yield* Console.log(`\n  ${plain(link.url)}\n\n  ${dim(note)}\n`)
  })
).pipe(
  Command.withShortDescription("Print a link that signs a browser in"),
  Command.withDescription(
    `Print a link that signs one browser in to your account, once and within ${lifetimes.linkMinutes} minutes, without a password. The ` +
      "control plane that runs from this home makes it, for its administrator; another one for the account of the key in " +
      "INFERNET_BEARER_TOKEN."
  ),
  Command.withExamples([
    { command: "infernet dashboard", description: "Open what it prints in a browser" },
    { command: "xdg-open $(infernet dashboard --json | jq -r .url)", description: "The same, at once" }
  ])
)
