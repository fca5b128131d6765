/** What a setting is now, and who said so: a variable, the file, or nobody. */
import { Config, ConfigProvider, Effect, Option } from "effect"
import type { Contents } from "./ConfigFile.ts"
import { find } from "./known.ts"

export interface Told {
  readonly name: string
  readonly variable: string
  readonly about: string
  readonly isSecret: boolean
  /** `undefined` where nobody said anything and nothing is usual. */
  readonly text: string | undefined
  readonly from: "environment" | "file" | "default"
}

/** The environment alone, without the file that stands below it. */
const ofEnvironment = (variable: string) =>
  Config.option(Config.String(variable))
    .parse(ConfigProvider.fromEnv())
    .pipe(Effect.map(Option.filter((text) => text.trim() !== "")), Effect.orDie)

/** None where there is no such setting. */
export const told = Effect.fnUntraced(function* (name: string, { texts }: Contents) {
  const setting = find(name)
  if (setting === undefined) return Option.none<Told>()
  const { about, secret, usual, variable } = setting
  const fromEnvironment = yield* ofEnvironment(variable)
  const text = Option.getOrUndefined(fromEnvironment) ?? texts[name] ?? usual
  const from = Option.isSome(fromEnvironment) ? "environment" : texts[name] === undefined ? "default" : "file"
  return Option.some<Told>({ name, variable, about, isSecret: secret === true, text, from })
})
