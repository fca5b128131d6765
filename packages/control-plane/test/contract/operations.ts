/** Every operation of the contract, as the contract says it. */
import { Api } from "@infernet/contract/api/Api"
import type { Schema } from "effect"
import { HttpApi, OpenApi } from "effect/http-api"

/** A schema of the contract: all of them need no services. */
export type Contract = Schema.Codec<unknown, unknown>

export interface Operation {
  /** `group.endpoint`, as `operationId` in `/openapi.json`. */
  readonly id: string
  readonly group: string
  readonly method: string
  /** With `:name` for each parameter. */
  readonly path: string
  readonly params: Contract | undefined
  readonly query: Contract | undefined
  readonly headers: Contract | undefined
  readonly payload: Contract | undefined
  /** What bodies with this status are, streams left out. */
  readonly successes: ReadonlyMap<number, ReadonlyArray<Contract>>
  /** As `/openapi.json` has it. */
  readonly spec: OpenApi.OpenAPISpecOperation
}

export const spec = OpenApi.fromApi(Api)

const specs = new Map(
  Object.values(spec.paths).flatMap((methods) =>
    Object.values(methods).flatMap((operation) =>
      "operationId" in operation ? [[operation.operationId, operation]] : []
    )
  ) as ReadonlyArray<[string, OpenApi.OpenAPISpecOperation]>
)

const specOf = (id: string): OpenApi.OpenAPISpecOperation => {
  const found = specs.get(id)
  if (found === undefined) throw new Error(`${id} is not in /openapi.json`)
  return found
}

const contract = (schema: Schema.Top | undefined) => schema as Contract | undefined

const all: Array<Operation> = []
HttpApi.reflect(Api, {
  onGroup: () => undefined,
  onEndpoint: ({ endpoint, group, successes }) => {
    const [payload] = [...endpoint.payload.values()].flatMap(({ schemas }) => schemas)
    const id = `${group.identifier}.${endpoint.identifier}`
    all.push({
      id,
      group: group.identifier,
      method: endpoint.method,
      path: endpoint.path.replace(/(.)\/$/, "$1").replace(/\/\*$/, ""),
      params: contract(endpoint.params),
      query: contract(endpoint.query),
      headers: contract(endpoint.headers),
      payload: contract(payload),
      successes: successes as unknown as ReadonlyMap<number, ReadonlyArray<Contract>>,
      spec: specOf(id)
    })
  }
})

export const operations: ReadonlyArray<Operation> = all

export const operationOf = (id: string): Operation => {
  const found = operations.find((operation) => operation.id === id)
  if (found === undefined) throw new Error(`the contract has no operation ${id}`)
  return found
}
