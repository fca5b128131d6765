/** The abilities of a backend that chats and does nothing else. */
import { cannot } from "./Ability.ts"
import type { Backend } from "./Backend.ts"

export const chatOnly = (name: string) =>
  ({
    lacks: new Map(),
    complete: cannot(`${name} runs chats only`),
    embed: cannot(`${name} runs chats only`),
    readings: cannot(`${name} does not tell how busy it is`),
    install: cannot(`${name} serves the models it was started with`),
    remove: cannot(`${name} serves the models it was started with`)
  }) satisfies Partial<Backend>
