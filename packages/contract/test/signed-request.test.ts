import { describe, expect, test } from "bun:test"
import { ControlPlaneId } from "@infernet/contract/Id"
import { format, parse, subject } from "@infernet/contract/SignedRequest"
import { createHash } from "node:crypto"
import vectors from "./signed-request.json"

const sha256 = (text: string) => createHash("sha256").update(text).digest("hex")

describe("known answers for signed requests", () => {
  for (const vector of vectors) {
    test(vector.name, () => {
      const { control_plane, header, method, nonce, path, signature, timestamp } = vector
      const bodyHash = sha256(vector.body)
      expect(bodyHash).toBe(vector.body_sha256)
      const text = subject({
        controlPlane: ControlPlaneId.make(control_plane),
        method,
        path,
        bodyHash,
        nonce,
        timestamp
      })
      expect(text).toBe(vector.subject)
      expect(sha256(text)).toBe(vector.digest)
      expect(format({ signature, nonce, timestamp })).toBe(header)
      expect(parse(header)).toEqual({ signature, nonce, timestamp })
    })
  }
})

describe("a header that is not exactly as documented is none", () => {
  const good = vectors[0]?.header ?? ""
  const bad: Record<string, string> = {
    "another version": good.replace("v1", "v2"),
    "upper-case hexadecimal": good.toUpperCase().replace("V1", "v1"),
    "a short nonce": good.replace(/\.[0-9a-f]{32}\./, ".00."),
    "a signed timestamp": good.replace(/\.(\d+)$/, ".-$1"),
    "a timestamp with leading zeros": good.replace(/\.(\d+)$/, ".0$1"),
    "something after it": `${good}\n`,
    nothing: ""
  }
  for (const [name, header] of Object.entries(bad)) {
    test(name, () => expect(parse(header)).toBeUndefined())
  }
})
