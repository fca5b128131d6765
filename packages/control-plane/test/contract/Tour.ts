/** Sends the contract's examples to a network and keeps what came back, in the names that examples have. */
import type { Answer, Example } from "@infernet/contract/api/examples/Example"
import { requests } from "@infernet/contract/api/examples/requests"
import type { Plane } from "@infernet/testing/Network"
import { Effect } from "effect"
import { Names } from "./Names.ts"
import { operationOf } from "./operations.ts"
import { type Received, type Sender, send, sentTo } from "./people.ts"

export interface Visited {
  readonly operation: string
  readonly name: string
  readonly received: Received
}

const exampleOf = (operation: string, name: string): Example => {
  const example = requests[operation]?.[name]
  if (example === undefined) throw new Error(`${operation} has no example ${name}`)
  return example
}

export const jsonOf = ({ text }: Received) => JSON.parse(text)

export class Tour {
  readonly names: Names
  readonly visited: Array<Visited> = []
  readonly #answers = new Map<string, Record<string, Answer>>()
  readonly #plane: Plane

  constructor(plane: Plane, began: number) {
    this.#plane = plane
    this.names = new Names(began)
  }

  /** All that came back: the same from run to run, in the order of the operations' names. */
  get answers(): Readonly<Record<string, Readonly<Record<string, Answer>>>> {
    return Object.fromEntries([...this.#answers].toSorted(([a], [b]) => (a < b ? -1 : 1)))
  }

  /** Sends an example. `learn` hears the answer first, to give names to what is in it. */
  readonly visit = Effect.fnUntraced(
    function* (this: Tour, operation: string, name: string, sender: Sender, learn?: (received: Received) => void) {
      const { body, ...parts } = this.names.toReal(exampleOf(operation, name))
      const json = body === undefined ? undefined : JSON.stringify(body)
      const received = yield* send(this.#plane, sender, sentTo(operationOf(operation), { ...parts, body: json }))
      if (received.status < 300) learn?.(received)
      const type = received.headers.get("content-type")?.split(";")[0] ?? null
      this.#keep(operation, name, { status: received.status, type, body: this.#bodyOf(received) })
      this.visited.push({ operation, name, received })
      return received
    }.bind(this)
  )

  /** An answer that is no HTTP body: a connection that has become a WebSocket. */
  upgraded(operation: string, name: string): void {
    this.#keep(operation, name, { status: 101, type: null, body: null })
  }

  #keep(operation: string, name: string, answer: Answer): void {
    this.#answers.set(operation, { ...this.#answers.get(operation), [name]: answer })
  }

  #bodyOf({ headers, text }: Received): unknown {
    if (text === "") return null
    const isJson = headers.get("content-type")?.startsWith("application/json") === true
    return isJson ? this.names.toSample(JSON.parse(text)) : this.names.streamToSample(text)
  }
}
