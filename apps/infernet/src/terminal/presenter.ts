/** The command line's own words: help on standard output, a wrong call as one line on standard error. */
import { Console, Effect, Layer } from "effect"
import { CliConfig, CliOutput, GlobalFlag } from "effect/cli"
import { hasColor, onError, plain } from "./style.ts"

const formatter = CliOutput.defaultFormatter({ colors: hasColor(process.stdout), globalFlags: "summary" })

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
