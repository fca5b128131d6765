/** What a service of this home is to be, whoever manages it. */
import { serviceStopMillis } from "../terminal/untilStop.ts"

export interface Plan {
  /** `infernet`; with a mark of its own for a home that is not the usual one. */
  readonly name: string
  /** The launcher in the home: an upgrade changes what it calls, and the service with it. */
  readonly program: string
  readonly args: ReadonlyArray<string>
  /** Absolute. */
  readonly home: string
  readonly isRoot: boolean
  /** Where programs are found: Bun, and tools that read the GPU. */
  readonly path: string
}

/** After its jobs it closes its database and takes leave. */
export const stopSeconds = Math.ceil(serviceStopMillis / 1000) + 15

/** Control characters would end a line of the unit and begin another. */
export const isWritable = ({ args, home, program }: Plan): boolean =>
  [home, program, ...args].every((text) => !/\p{Cc}/u.test(text))
