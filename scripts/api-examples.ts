/** Records what a network answers to the contract's examples: `/openapi.json` shows it, and a test holds it true. */
import { join } from "node:path"
import { Effect } from "effect"
import { wholeTour } from "../packages/control-plane/test/contract/wholeTour.ts"

const file = join(import.meta.dir, "..", "packages", "contract", "src", "api", "examples", "answers.json")

const { answers } = await Effect.runPromise(Effect.scoped(wholeTour))
await Bun.write(file, `${JSON.stringify(answers, null, 2)}\n`)
Bun.spawnSync([join(import.meta.dir, "..", "node_modules", ".bin", "oxfmt"), file])
process.exit(0)
