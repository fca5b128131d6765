/** The command line's own words: help on standard output, a wrong call as one line on standard error. */
import { Console, Effect, Layer, Option } from "effect"
import { CliConfig, CliOutput, GlobalFlag, type HelpDoc } from "effect/cli"
import { inWords } from "./expected.ts"
import { fold } from "./fold.ts"
import { columnsAfter, folded, hasColor, onError, plain, wrap } from "./style.ts"
import { stripVTControlCharacters } from "node:util"

const usual = CliOutput.defaultFormatter({ colors: hasColor(process.stdout), globalFlags: "summary" })

/** Effect lists every choice of these twice, far past the edge of a terminal. */
const types: Readonly<Record<string, string>> = { "log-level": "<level>" }

const brief = (flag: HelpDoc.FlagDoc): HelpDoc.FlagDoc => ({
  ...flag,
  type: types[flag.name] ?? flag.type,
  description: Option.map(flag.description, (text) =>
    flag.name === "log-level" ? "trace, debug, info (usual), warn or error" : text.replace(/ \(choices: .*/, "")
  )
})

/** Long lines are hard to read also where there is room for them. */
const readable = 100
const widthNow = (): number => Math.min(readable, columnsAfter(0))

/** Descriptions as paragraphs of the terminal's width, however they are broken in the source. */
const flowed = (description: string): string =>
  wrap(description, widthNow() - 2)
    .join("\n")
    .replaceAll("\n", "\n  ")

/** A list has room for what a command is for, in one line of the source or several. */
const listed = (command: HelpDoc.SubcommandDoc): HelpDoc.SubcommandDoc => ({
  ...command,
  description: command.description.replace(/\s*\n\s*/g, " ")
})

/** A line too long goes on below where its text began: behind the name of a flag, or its indentation. */
const within = (line: string): string => {
  const bare = stripVTControlCharacters(line)
  if (bare.trimStart().startsWith("infernet ")) return line
  const start = /^ +\S.*? {2,}(?=\S)/.exec(bare)?.[0] ?? /^ */.exec(bare)?.[0] ?? ""
  return fold(line, widthNow(), start.length)
}

const formatter: CliOutput.Formatter = {
  ...usual,
  formatHelpDoc: (doc) =>
    usual
      .formatHelpDoc({
        ...doc,
        description: flowed(doc.description),
        ...(doc.subcommands && {
          subcommands: doc.subcommands.map(({ commands: [first, ...rest], ...group }) => ({
            ...group,
            commands: [listed(first), ...rest.map(listed)] as const
          }))
        }),
        globalFlags: (doc.globalFlags ?? []).map(brief)
      })
      // The one blank line that is missing.
      .replace(/(?<!\n)\n(?=\S*EXAMPLES)/, "\n\n")
      .split("\n")
      .map(within)
      .join("\n")
}

/** `--port in command infernet start\n\n  Did you mean this?\n    --port\n` as the end of a sentence. */
const hint = (_: string, meant: string): string => `: did you mean ${meant.trim().split(/\s+/).join(" or ")}?`

/** Effect's own wording says some things twice, and some over several lines. */
const sentenceOf = (message: string): string =>
  inWords(message)
    .replace(/\s*Did you mean this\?\s*([^]+)$/, hint)
    .replaceAll("\n", " ")
    .replace(/\. Expected:? /, ": expected ")

const presenter: CliOutput.Presenter = {
  present: (event) => {
    if (event._tag !== "InvalidInvocation") return CliOutput.defaultPresenter.present(event)
    const command = event.commandPath.join(" ")
    return Effect.forEach(event.errors, ({ message }) =>
      Console.error(folded(`${onError.red("infernet:")} ${plain(sentenceOf(message))}`))
    ).pipe(Effect.andThen(Console.error(`see \`${command} --help\``)))
  }
}

/** Questions one flag at a time are for commands with many; ours have few. Completions have a command. */
const builtIns = GlobalFlag.BuiltIns.filter((flag) => flag !== GlobalFlag.Wizard && flag !== GlobalFlag.Completions)

export const layer = Layer.mergeAll(
  CliOutput.layer(formatter),
  CliOutput.layerPresenter(presenter),
  CliConfig.layer({ builtIns })
)
