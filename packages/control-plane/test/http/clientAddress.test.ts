import { describe, expect } from "bun:test"
import * as clientAddress from "@infernet/control-plane/http/clientAddress"
import { it } from "@infernet/testing/harness"
import { Effect, Option } from "effect"
import { HttpServerRequest } from "effect/http"

const request = (remote: string, forwarded?: string) =>
  HttpServerRequest.fromWeb(
    new Request("http://x/", { headers: forwarded === undefined ? {} : { "x-forwarded-for": forwarded } })
  ).modify({ remoteAddress: Option.some(remote) })

describe("the address of a client", () => {
  it("is the socket's, whatever a stranger says of himself", () =>
    Effect.sync(() => {
      const addressOf = clientAddress.make([])
      expect(addressOf(request("::ffff:9.9.9.9", "1.2.3.4"))).toBe("9.9.9.9")
      expect(clientAddress.make(["10.0.0.0/8"])(request("9.9.9.9", "1.2.3.4"))).toBe("9.9.9.9")
    }))

  it("is what the nearest trusted proxy saw, not what was written before it", () =>
    Effect.sync(() => {
      const addressOf = clientAddress.make(["10.0.0.0/8", "fd00::/8"])
      expect(addressOf(request("10.1.1.1", "6.6.6.6, 1.2.3.4, 10.2.2.2"))).toBe("1.2.3.4")
      expect(addressOf(request("fd00::1", "2001:db8::7"))).toBe("2001:db8::7")
      expect(addressOf(request("10.1.1.1", "1.2.3.4, nonsense"))).toBe("10.1.1.1")
      expect(addressOf(request("10.1.1.1"))).toBe("10.1.1.1")
    }))

  it("is trusted by networks that are networks", () =>
    Effect.sync(() => {
      const good = ["10.0.0.0/8", "127.0.0.1", "::1", "fd00::/8"]
      expect(good.filter(clientAddress.isNetwork)).toEqual(good)
      expect(["10.0.0.0/33", "10.0.0", "proxy", "::1/129", "10.0.0.0/8/8", ""].filter(clientAddress.isNetwork)).toEqual(
        []
      )
    }))
})
