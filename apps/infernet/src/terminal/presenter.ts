/** The command line's own words: help on standard output, a wrong call as one line on standard error. */
import { Console, Effect, Layer, Option } from "effect"
import { CliConfig, CliOutput, GlobalFlag, type HelpDoc } from "effect/cli"
import { hasColor, onError, plain } from "./style.ts"

const usual = CliOutput.defaultFormatter({ colors: hasColor(process.stdout), globalFlags: "summary" })

/** Effect lists every choice of these twice, far past the edge of a terminal. */
const types: Readonly<Record<string, string>> = { completions: "<shell>", "log-level": "<level>" }

const brief = (flag: HelpDoc.FlagDoc): HelpDoc.FlagDoc => ({
  ...flag,
  type: types[flag.name] ?? flag.type,
  description: Option.map(flag.description, (text) =>
    flag.name === "log-level" ? "trace, debug, info (usual), warn or error" : text.replace(/ \(choices: .*/, "")
  )
})

const formatter: CliOutput.Formatter = {
  ...usual,
  formatHelpDoc: (doc) =>
    usual
      .formatHelpDoc({ ...doc, globalFlags: (doc.globalFlags ?? []).map(brief) })
      // The one blank line that is missing.
      .replace(/(?<!\n)\n(?=\S*EXAMPLES)/, "\n\n")
}

/** Effect's own wording says some things twice. */
const sentenceOf = (message: string): string => message.replaceAll("\n", " ").replace(". Expected: ", ": expected ")

const presenter: CliOutput.Presenter = {
  present: (event) => {
    if (event._tag !== "InvalidInvocation") return CliOutput.defaultPresenter.present(event)
    const command = event.commandPath.join(" ")
    return Effect.forEach(event.errors, ({ message }) =>
      Console.error(`${onError.red("infernet:")} ${plain(sentenceOf(message))}`)
    ).pipe(Effect.andThen(Console.error(`see \`${command} --help\``)))
  }
}

/** Questions one flag at a time are for commands with many; ours have few. */
const builtIns = GlobalFlag.BuiltIns.filter((flag) => flag !== GlobalFlag.Wizard)

export const layer = Layer.mergeAll(
  CliOutput.layer(formatter),
  CliOutput.layerPresenter(presenter),
  CliConfig.layer({ builtIns })
)
