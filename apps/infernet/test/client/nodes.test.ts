import { expect } from "bun:test"
import { NodeId } from "@infernet/contract/Id"
import type { NodeView } from "@infernet/contract/Node"
import { it } from "@infernet/testing/harness"
import { Effect } from "effect"
import { named, shortened } from "../../src/client/nodes.ts"

const nodeOf = (id: string): NodeView => ({
  id: NodeId.make(id),
  name: "n",
  status: "online",
  tier: "cpu",
  gpu_vendor: null,
  models: [],
  slots: 1,
  in_flight: 0,
  version: "1",
  registered_at: "1970-01-01T00:00:00.000Z",
  last_heartbeat: null
})

const [a, b, c] = ["a".repeat(40), `${"a".repeat(12)}${"b".repeat(28)}`, "c".repeat(40)].map((hex) =>
  nodeOf(`0x${hex}`)
)
const nodes = [a, b, c].flatMap((node) => node ?? [])

it("takes the beginning of an id for the only node that has it, and no other's", () =>
  Effect.sync(() => {
    expect(named(nodes, "0xC")).toBe(c as never)
    expect(named(nodes, `0x${"a".repeat(40)}`)).toBe(a as never)
    expect(named(nodes, "0xaa")).toMatchObject({ message: expect.stringContaining("2 nodes have an id") })
    expect(named(nodes, "0xd")).toMatchObject({ message: expect.stringContaining("no node 0xd") })
    for (const text of ["", "0x", "c", "n", `0x${"c".repeat(41)}`])
      expect(named(nodes, text)).toMatchObject({ code: 2 })
  }))

it("shortens ids to what commands take", () =>
  Effect.sync(() => {
    const short = shortened(nodes)
    expect(nodes.map(({ id }) => named(nodes, short(id)))).toEqual(nodes)
    expect(short(`0x${"c".repeat(40)}`)).toHaveLength(15)
    expect(shortened([])("0x1234567890")).toBe("0x12345678")
  }))
