/** A network of real processes: a control plane, nodes and a backend of known speed, each with a home of its own. */
import { backendScript, Child, main, outputOf } from "./Children.ts"
import { freePort, freshHome, until } from "./machine.ts"

export const model = "bench-model"

/** A process that can be started again as the same one: the same home, the same port. */
export class Restartable {
  readonly #start: () => Promise<Child>
  #child: Child | undefined

  constructor(start: () => Promise<Child>) {
    this.#start = start
  }

  async start(): Promise<Child> {
    this.#child = await this.#start()
    return this.#child
  }

  get child(): Child {
    if (this.#child === undefined) throw new Error("asked for before it was started")
    return this.#child
  }
}

export interface WorldOptions {
  readonly nodes?: number
  readonly databaseUrl?: string
  /** The program that nodes run, where it is another one than this repository's. */
  readonly node?: string
}

export class World {
  readonly home = freshHome()
  readonly port = freePort()
  readonly backendPort = freePort()
  readonly url = `http://127.0.0.1:${this.port}`
  readonly backendUrl = `http://127.0.0.1:${this.backendPort}`
  readonly plane: Restartable
  readonly backend: Restartable
  readonly nodes: ReadonlyArray<Restartable>
  readonly nodeHomes: ReadonlyArray<string>
  #key = ""

  constructor({ databaseUrl, node = main, nodes = 1 }: WorldOptions) {
    const database = databaseUrl === undefined ? {} : { DATABASE_URL: databaseUrl }
    this.plane = new Restartable(async () => {
      const command = [process.execPath, main, "control-plane", "--port", String(this.port)]
      const child = new Child("control plane", command, { INFERNET_HOME: this.home, ...database })
      await child.until(/^ready {2}(http\S+)$/m)
      return child
    })
    this.backend = new Restartable(async () => {
      const child = new Child("backend", [process.execPath, backendScript, String(this.backendPort)], {})
      await child.until(/^(\d+)\n/)
      return child
    })
    this.nodeHomes = Array.from({ length: nodes }, freshHome)
    this.nodes = this.nodeHomes.map(
      (home) =>
        new Restartable(async () => {
          const command = [process.execPath, node, "start", "--control-plane", this.url]
          const child = new Child("node", command, { INFERNET_HOME: home, INFERNET_BACKEND: this.backendUrl })
          await child.until(/link up/)
          return child
        })
    )
  }

  get key(): string {
    return this.#key
  }

  async open(): Promise<this> {
    await Promise.all([this.plane.start(), this.backend.start()])
    await Promise.all(this.nodes.map((node) => node.start()))
    const unlimited = ["--requests-per-minute", "0", "--requests-per-hour", "0"]
    const created = outputOf("api-key", [process.execPath, main, "api-key", "create", "faults", ...unlimited], {
      INFERNET_HOME: this.home
    })
    const key = /inft_\w+/.exec(await created)?.[0]
    if (key === undefined) throw new Error("no key was created")
    this.#key = key
    await this.served(this.nodes.length)
    return this
  }

  /** Waits until so many nodes serve the model; gives how many milliseconds that took. */
  served(nodes: number, withinMillis?: number): Promise<number> {
    return until(
      `${nodes} nodes serve the model`,
      async () => {
        const response = await this.fetch("/api/v1/models").catch(() => undefined)
        if (response?.ok !== true) return false
        const { models } = (await response.json()) as { models: ReadonlyArray<{ id: string; nodes: number }> }
        return (models.find(({ id }) => id === model)?.nodes ?? 0) === nodes
      },
      withinMillis
    )
  }

  /** A request with the key. */
  fetch(path: string, init: RequestInit = {}): Promise<Response> {
    const headers = { authorization: `Bearer ${this.#key}`, ...(init.headers as Record<string, string> | undefined) }
    return fetch(`${this.url}${path}`, { ...init, headers })
  }

  /** The node that a job runs on now, by the id it printed. */
  nodeOf(id: string): Restartable {
    const node = this.nodes.find(({ child }) => child.output.includes(id))
    if (node === undefined) throw new Error(`no node has the id ${id}`)
    return node
  }

  async close(): Promise<void> {
    await Promise.all([...this.nodes, this.backend, this.plane].map((each) => each.child.stop()))
  }
}

/** Uses a fresh network, stopped afterwards. */
export const withWorld = async <A>(options: WorldOptions, use: (world: World) => Promise<A>): Promise<A> => {
  const world = await new World(options).open()
  try {
    return await use(world)
  } finally {
    await world.close()
  }
}
