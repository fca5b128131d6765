/** The command line's own words: help on standard output, a wrong call as one line on standard error. */
import { Console, Effect, Layer, Option } from "effect"
import { CliConfig, CliOutput, GlobalFlag, type HelpDoc } from "effect/cli"
import { columnsAfter, hasColor, onError, plain, wrap } from "./style.ts"
import { stripVTControlCharacters } from "node:util"

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

/** Long lines are hard to read also where there is room for them. */
const readable = 100
const widthNow = (): number => Math.min(readable, columnsAfter(0))

/** Descriptions as paragraphs of the terminal's width, however they are broken in the source. */
const flowed = (description: string): string =>
  wrap(description, widthNow() - 2)
    .join("\n")
    .replaceAll("\n", "\n  ")

/** A line too long goes on below where its text began: behind the name of a flag, or its indentation. */
const folded = (line: string): string => {
  const bare = stripVTControlCharacters(line)
  if (bare.length <= widthNow() || bare.trimStart().startsWith("infernet ")) return line
  const start = /^ +\S.*? {2,}(?=\S)/.exec(bare)?.[0] ?? /^ */.exec(bare)?.[0] ?? ""
  const [first = "", ...rest] = wrap(bare.slice(start.length), widthNow() - start.length)
  const head = line.slice(0, line.length - (bare.length - start.length))
  return [head + first, ...rest.map((more) => " ".repeat(start.length) + more)].join("\n")
}

const formatter: CliOutput.Formatter = {
  ...usual,
  formatHelpDoc: (doc) =>
    usual
      .formatHelpDoc({
        ...doc,
        description: flowed(doc.description),
        globalFlags: (doc.globalFlags ?? []).map(brief)
      })
      // The one blank line that is missing.
      .replace(/(?<!\n)\n(?=\S*EXAMPLES)/, "\n\n")
      .split("\n")
      .map(folded)
      .join("\n")
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
