import { expect } from "bun:test"
import { it } from "@infernet/testing/harness"
import { Effect, Layer, Option } from "effect"
import { type Given, interview, type Usual } from "../../src/setup/interview.ts"
import { Questions, typed } from "../../src/setup/Questions.ts"

const nothingGiven: Given = {
  controlPlane: Option.none(),
  linkCode: Option.none(),
  name: Option.none(),
  payoutAddress: Option.none(),
  model: Option.none()
}
const usual: Usual = {
  controlPlane: Option.some("https://plane"),
  name: "attic",
  payoutAddress: Option.none(),
  model: Option.some("qwen3:4b")
}

/** A person who types these answers to these flags, an empty one to all others; notes what they were asked. */
const person = (answers: Readonly<Record<string, string>>) => {
  const asked: Array<string> = []
  const layer = Layer.succeed(Questions, {
    ask: ({ flag, given, usual, value }) =>
      Effect.sync(() => {
        if (Option.isSome(given)) return given.value
        asked.push(`${flag} [${Option.match(usual, { onNone: () => "", onSome: typed })}]`)
        return Option.getOrThrow(flag in answers ? value.parse(answers[flag] ?? "") : usual)
      })
  })
  return { asked, layer }
}
const needs = (need: "needed" | "possible" | "known") => () => Effect.succeed(need)

it("shows what is set as the usual answer, and takes it for an empty one", () =>
  Effect.gen(function* () {
    const { asked, layer } = person({})
    const answers = yield* Effect.provide(interview(nothingGiven, usual, needs("possible")), layer)
    expect(asked).toEqual([
      "--model [qwen3:4b]",
      "--control-plane [https://plane]",
      "--link-code [none]",
      "--name [attic]",
      "--payout-address [none]"
    ])
    expect(answers).toEqual({ ...usual, linkCode: Option.none() })
  }))

it("asks no code of a node that is known, or that joins nobody, and takes away what is answered with none", () =>
  Effect.gen(function* () {
    const known = person({})
    yield* Effect.provide(interview(nothingGiven, usual, needs("known")), known.layer)
    expect(known.asked.join()).not.toContain("--link-code")
    const alone = person({ "--control-plane": "none", "--model": " NONE " })
    const answers = yield* Effect.provide(interview(nothingGiven, usual, needs("needed")), alone.layer)
    expect(alone.asked.join()).not.toContain("--link-code")
    expect([answers.controlPlane, answers.model]).toEqual([Option.none(), Option.none()])
  }))

it("asks nothing where nobody is to be asked, and names the flag of what has no usual answer", () =>
  Effect.gen(function* () {
    const silent = (given: Given, need: "needed" | "possible") =>
      Effect.provide(interview(given, usual, needs(need)), Questions.layerSilent)
    expect(yield* silent(nothingGiven, "possible")).toEqual({ ...usual, linkCode: Option.none() })
    const missing = yield* Effect.flip(silent(nothingGiven, "needed"))
    expect(missing).toMatchObject({ code: 2, message: expect.stringContaining("--link-code") })
    const code = Option.some("K7QM-2XRD-9FTA")
    const answers = yield* silent({ ...nothingGiven, linkCode: Option.some(code), name: Option.some("den") }, "needed")
    expect([answers.linkCode, answers.name]).toEqual([code, "den"])
  }))
