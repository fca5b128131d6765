/** `infernet completions <shell>`: what makes a shell complete this command, to be loaded by it. */
import { Config, Console, Effect, Option } from "effect"
import { Argument, Command, Completions } from "effect/cli"
import { basename } from "node:path"
import { Failure } from "../terminal/exit.ts"

const shells = ["bash", "zsh", "fish"] as const
type Shell = (typeof shells)[number]

/** Effect's own advice names another way to print the script. */
const advice = /^# Installation:\n(?:# .*\n)*/m

const loading: Readonly<Record<Shell, string>> = {
  bash: '# In ~/.bashrc:\n#   eval "$(infernet completions bash)"\n',
  zsh: '# In ~/.zshrc, after compinit:\n#   eval "$(infernet completions zsh)"\n',
  fish: "# Once:\n#   infernet completions fish > ~/.config/fish/completions/infernet.fish\n"
}

/** The shell of this login. */
const login = Effect.gen(function* () {
  const path = yield* Effect.orElseSucceed(Config.String("SHELL"), () => "")
  const found = shells.find((shell) => shell === basename(path))
  if (found !== undefined) return found
  return yield* new Failure({ message: `which shell? \`infernet completions ${shells.join("|")}\``, code: 2 })
})

/** A command with all that is below it. */
export type Root = Parameters<typeof Completions.fromCommand>[0]

/** The command that completes whatever there is below `root`, itself among it. */
export const completing = (root: () => Root) =>
  Command.make(
    "completions",
    {
      shell: Argument.Literals("shell", shells).pipe(
        Argument.withDescription("bash, zsh or fish; without it, the one of your login (SHELL)"),
        Argument.optional
      )
    },
    Effect.fnUntraced(function* ({ shell }) {
      const name = Option.isSome(shell) ? shell.value : yield* login
      const script = Completions.generate("infernet", name, Completions.fromCommand(root()))
      yield* Console.log(script.replace(advice, loading[name]).trimEnd())
    })
  ).pipe(
    Command.withShortDescription("Let your shell complete this command"),
    Command.withDescription(
      "Print a script that lets your shell complete commands and flags with the Tab key. It goes into the file that your\n" +
        "  shell reads when it starts; a new shell has it then."
    ),
    Command.withExamples([
      { command: "echo 'eval \"$(infernet completions bash)\"' >> ~/.bashrc", description: "bash" },
      { command: "echo 'eval \"$(infernet completions zsh)\"' >> ~/.zshrc", description: "zsh, after its compinit" },
      { command: "infernet completions fish > ~/.config/fish/completions/infernet.fish", description: "fish" }
    ])
  )
