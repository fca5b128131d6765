/** Lets a program take this process's place: its number, its terminal and its service manager stay what they are. */

let next: ReadonlyArray<string> | undefined

/** What this process was started as. */
export const same = (): ReadonlyArray<string> => process.argv

/** Once this process has ended well, this command begins in its place. */
export const follow = (command: ReadonlyArray<string>): void => {
  next = command
}

/** Whether a system can do it; Windows cannot. */
export const isPossible = (): boolean => typeof process.execve === "function"

/** Begins what is to follow; returns where nothing is, or where the system cannot. */
export const begin = (): void => {
  const [program] = next ?? []
  if (next === undefined || program === undefined || !isPossible()) return
  process.execve?.(program, [...next], { ...process.env })
}
