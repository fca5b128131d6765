/** `infernet tui`: what runs from this home, live on the whole terminal. */
import { Effect, Layer, Logger } from "effect"
import { Command } from "effect/cli"
import { hasColor } from "../terminal/style.ts"

// Loaded only by those who look.
const load = Effect.promise(() =>
  Promise.all([import("../tui/run.ts"), import("../tui/Screen.ts"), import("../tui/theme.ts")])
)

export const tui = Command.make(
  "tui",
  {},
  Effect.fnUntraced(function* () {
    const [{ run }, { Screen }, theme] = yield* load
    const clock = new Intl.DateTimeFormat("en-GB", { timeStyle: "medium" })
    const look = {
      theme: hasColor(process.stdout) ? theme.colored : theme.plain,
      time: (millis: number) => clock.format(millis)
    }
    // A line of the log would tear the picture.
    yield* run(look).pipe(Effect.provide(Layer.merge(Screen.layer, Logger.layer([]))))
  })
).pipe(
  Command.withShortDescription("Watch what runs from this home, live"),
  Command.withDescription(
    "Watch what runs from this home, live on the whole terminal: machine, backends, models, jobs, installs and the\n" +
      "  log. q quits and leaves the node running, d drains it, ? tells the other keys."
  ),
  Command.withExamples([{ command: "infernet tui", description: "Over ssh as well" }])
)
