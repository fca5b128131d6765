/** What every part of a view is drawn with. */
import type { Theme } from "../theme.ts"

export interface Look {
  readonly theme: Theme
  /** The time of day of an instant in milliseconds of the epoch, as `14:05:40`. */
  readonly time: (millis: number) => string
}

/** Something with a title and as many lines as there is room for. */
export interface Panel {
  readonly title: string
  /** What can be said in the title's line. */
  readonly note: string
  /** Lines below the title without which it is not worth its place, and those that it could use. */
  readonly least: number
  readonly wants: number
  /** At most `height` lines of at most `width` columns. */
  readonly draw: (width: number, height: number) => ReadonlyArray<string>
}

/** As many as fit, the last line telling how many more there are; of a single line the first has more use. */
export const first = <A>(
  { theme }: Look,
  items: ReadonlyArray<A>,
  height: number,
  draw: (item: A) => string
): ReadonlyArray<string> => {
  if (items.length <= height || height <= 1) return items.slice(0, Math.max(0, height)).map(draw)
  const shown = items.slice(0, height - 1)
  return [...shown.map(draw), theme.faint(`and ${items.length - shown.length} more`)]
}
