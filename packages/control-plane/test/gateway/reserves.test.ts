/** What the gateway signs and what it reserves: never more than it is allowed to, whatever happens in between. */
import { AttemptId, NodeId } from "@infernet/contract/Id"
import { ChannelId } from "@infernet/contract/Receipt"
import { Ceilings } from "@infernet/control-plane/gateway/Ceilings"
import { type Caps, plan, type Standing } from "@infernet/control-plane/gateway/reserves"
import { describe, expect, test } from "bun:test"

const channel = (n: number) => ChannelId.make(`0x${n.toString(16).padStart(64, "0")}`)
const attempt = (n: number) => AttemptId.make(`att_${n.toString().padStart(20, "0")}`)
const dollars = (amount: number) => BigInt(amount) * 1_000_000n

const standing = (n: number, part: Partial<Standing> = {}): Standing => ({
  channel: channel(n),
  node: NodeId.make(`0x${n.toString(16).padStart(40, "0")}`),
  earned: 0n,
  ceiling: 0n,
  reserved: 0n,
  paid: 0n,
  isRegistered: true,
  ...part
})

const caps: Caps = { buffer: dollars(5), perNode: dollars(100), total: dollars(150) }
const rich = { wallet: dollars(1_000), pool: 0n }

describe("ceilings", () => {
  test("only grow, and cover what is billed and all that is under way, in whatever order it ends", () => {
    const ceilings = new Ceilings(100n)
    expect(ceilings.raise(channel(1), attempt(1), 40n)).toBe(40n)
    expect(ceilings.raise(channel(1), attempt(2), 40n)).toBe(80n)
    ceilings.settle(attempt(2), 10n)
    expect(ceilings.raise(channel(1), attempt(3), 20n)).toBe(80n)
    ceilings.settle(attempt(1), 40n)
    ceilings.settle(attempt(1), 40n)
    expect(ceilings.raise(channel(1), attempt(4), 60n)).toBe(130n)
  })

  test("leave no more than the limit signed for and not billed, also after a restart", () => {
    const ceilings = new Ceilings(100n)
    ceilings.load(channel(1), 500n, 590n)
    expect(ceilings.raise(channel(1), attempt(1), 60n)).toBe(590n)
    expect(ceilings.raise(channel(1), attempt(2), 60n)).toBeUndefined()
    expect(ceilings.raise(channel(1), attempt(3), 40n)).toBe(600n)
    ceilings.settle(attempt(1), 0n)
    expect(ceilings.raise(channel(1), attempt(4), 60n)).toBe(600n)
  })
})

describe("reserves", () => {
  test("are what is earned and signed for, and a buffer, once half of that is used up", () => {
    const due = standing(1, { earned: dollars(3), ceiling: dollars(4), reserved: dollars(6), paid: dollars(1) })
    const { deposit, openings, warnings } = plan([due, standing(2, { reserved: dollars(3) })], caps, {
      wallet: dollars(10),
      pool: dollars(1)
    })
    expect(openings).toEqual([{ channel: channel(1), amount: dollars(3) }])
    expect([deposit, warnings]).toEqual([dollars(2), []])
  })

  test("are for nobody who is not registered on chain", () => {
    expect(plan([standing(1, { earned: dollars(9), isRegistered: false })], caps, rich).openings).toEqual([])
  })

  test("stay within a node's cap and all nodes' together, and say so", () => {
    const greedy = [standing(1, { earned: dollars(120) }), standing(2, { earned: dollars(60) })]
    const { openings, warnings } = plan(greedy, caps, rich)
    expect(openings.map(({ amount }) => amount)).toEqual([dollars(100), dollars(50)])
    expect(warnings.join()).toContain("INFERNET_GATEWAY_CAP_PER_NODE")
    expect(warnings.join()).toContain("raise INFERNET_GATEWAY_CAP")
    const full = standing(1, { earned: dollars(120), reserved: dollars(101), paid: dollars(1) })
    expect(plan([full], caps, rich).openings).toEqual([])
  })

  test("go to who is owed most where money is short, and spend no more than there is", () => {
    const { openings, warnings } = plan(
      [standing(1, { earned: dollars(1) }), standing(2, { earned: dollars(8) })],
      caps,
      { wallet: dollars(10), pool: 0n }
    )
    expect(openings).toEqual([{ channel: channel(2), amount: dollars(10) }])
    expect(warnings.join()).toContain("the gateway's money is spent")
  })
})
