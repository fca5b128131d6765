/** The bounds of a number that somebody sets: outside of them it is refused by name, not taken for something else. */
import { Config, ConfigProvider } from "effect"

/** Ends the reading of the variable `name`. */
export const within =
  (name: string, least: number, most: number) =>
  (value: number): Config.Config<number> =>
    value >= least && value <= most
      ? Config.succeed(value)
      : Config.fail(
          new ConfigProvider.SourceError({
            message: `${name}: expected a number from ${least} to ${most}, got ${value}`
          })
        )
