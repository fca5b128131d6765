/** A question to the person at the terminal, where there is one. */
import { Console, Effect } from "effect"
import { Prompt } from "effect/cli"

/** Whether somebody can answer. */
export const canAsk = (): boolean => process.stdin.isTTY && process.stdout.isTTY

/** Ctrl-C at a question ends the run as everywhere, and its line. */
export const quits = Effect.andThen(Console.log(""), Effect.interrupt)

/** Yes or no. */
export const confirm = (message: string, initial: boolean) =>
  Prompt.run(Prompt.Confirm({ message, initial })).pipe(Effect.catchTag("QuitError", () => quits))
