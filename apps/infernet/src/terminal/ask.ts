/** A question to the person at the terminal, where there is one. */
import { Effect } from "effect"
import { Prompt } from "effect/cli"

/** Whether somebody can answer. */
export const canAsk = (): boolean => process.stdin.isTTY && process.stdout.isTTY

/** Yes or no; Ctrl-C ends the run as everywhere. */
export const confirm = (message: string, initial: boolean) =>
  Prompt.run(Prompt.Confirm({ message, initial })).pipe(Effect.catchTag("QuitError", () => Effect.interrupt))
