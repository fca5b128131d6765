/** `infernet link-code create`: a one-time code by which a machine joins an operator's account. */
import { lifeMinutes } from "@infernet/contract/LinkCode"
import { Console, Effect } from "effect"
import { Command } from "effect/cli"
import * as Joining from "../client/Joining.ts"
import * as options from "../settings/options.ts"
import { bold, dim, plain } from "../terminal/style.ts"

const create = Command.make(
  "create",
  { controlPlane: options.controlPlaneFlag("Of this network instead of the one here"), json: options.json },
  Effect.fnUntraced(function* ({ controlPlane, json }) {
    const { created, url } = yield* Joining.createLinkCode(controlPlane)
    if (json) return yield* Console.log(JSON.stringify({ ...created, control_plane: url }))
    const lines = [
      `  ${bold(created.code)}  ${dim(`for one machine, within ${lifeMinutes} minutes`)}`,
      "",
      dim("  On that machine:"),
      "",
      // In two lines, as an address and a code are more than a terminal's usual width.
      `  infernet start --control-plane ${plain(url)} \\`,
      `    --link-code ${created.code}`,
      ""
    ]
    yield* Console.log(lines.join("\n"))
  })
).pipe(
  Command.withDescription(
    `Make a code and print it: it is shown this once, holds for ${lifeMinutes} minutes and for one machine. The control\n` +
      "  plane that runs from this home makes it, for its administrator's account; another one for the account of the key\n" +
      "  in INFERNET_BEARER_TOKEN."
  ),
  Command.withExamples([
    { command: "infernet link-code create", description: "Prints the code and what to do with it" },
    { command: "infernet link-code create --json | jq -r .code", description: "Only the code" }
  ])
)

export const linkCode = Command.make("link-code").pipe(
  Command.withShortDescription("Invite machines to the network"),
  Command.withDescription("One-time codes by which machines join an operator's account."),
  Command.withSubcommands([create])
)
