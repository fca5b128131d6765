import { expect } from "bun:test"
import { it } from "@infernet/testing/harness"
import { Effect, Redacted } from "effect"
import { of, parse } from "../../src/upgrade/npmConfig.ts"

const text = `
; a comment
registry = "https://npm.example/team/"
//npm.example/team/:_authToken=\${TOKEN}
//other.example/:_auth=dTpw
save-exact=true
`
const settings = parse(text, (name) => (name === "TOKEN" ? "t0ken" : undefined))

const told = (named?: string, from = settings) => {
  const { authorization, registry } = of(named, from)
  return [registry, authorization === undefined ? undefined : Redacted.value(authorization)]
}

it("asks the registry that npm would, as npm would", () =>
  Effect.sync(() => {
    expect(told()).toEqual(["https://npm.example/team", "Bearer t0ken"])
    expect(told("https://other.example/npm/")).toEqual(["https://other.example/npm", "Basic dTpw"])
    expect(told("https://npm.example")).toEqual(["https://npm.example", undefined])
    expect(told("nonsense", parse(""))).toEqual(["https://registry.npmjs.org", undefined])
  }))
