/** `infernet upgrade`: the newest version beside the present one, tried, then put in its place without a job lost. */
import { Home } from "@infernet/platform/Home"
import * as refused from "@infernet/platform/refused"
import * as Lock from "@infernet/platform/Lock"
import { Console, Effect, FileSystem, Option } from "effect"
import { Command, Flag } from "effect/cli"
import { join } from "node:path"
import { Local } from "../client/Local.ts"
import * as launcher from "../network/launcher.ts"
import { endedJobs, jobsOf } from "../run/words.ts"
import { Tools } from "../service/Tools.ts"
import * as options from "../settings/options.ts"
import { Failure } from "../terminal/exit.ts"
import { during, quietly, told } from "../terminal/progress.ts"
import { bold, green, row } from "../terminal/style.ts"
import * as change from "../upgrade/change.ts"
import * as Installed from "../upgrade/Installed.ts"
import * as npmConfig from "../upgrade/npmConfig.ts"
import { own } from "../upgrade/newest.ts"
import * as Registry from "../upgrade/Registry.ts"
import * as trial from "../upgrade/trial.ts"
import { version as present } from "../version.ts"

/** One at a time. */
const exclusively = Effect.gen(function* () {
  const fs = yield* FileSystem.FileSystem
  const folder = Installed.folderIn((yield* Home).root)
  const held = new Failure({ message: "another upgrade of this home is under way: wait for it" })
  yield* fs
    .makeDirectory(folder, { recursive: true, mode: 0o711 })
    .pipe(Effect.mapError((error) => new Failure({ message: `${folder} cannot be written: ${refused.why(error)}` })))
  yield* Effect.catchTag(Lock.acquire(join(folder, "lock")), "LockHeld", () => held)
})

/** The version that is asked for, else the newest; none where that runs already. */
const wanted = Effect.fnUntraced(function* (asked: Option.Option<string>) {
  const config = yield* npmConfig.read
  const { latest, versions } = yield* Registry.look(config).pipe(during("looking", () => "for the newest version"))
  const version = Option.getOrElse(asked, () => latest ?? present)
  const isNews = Option.isSome(asked) ? version !== present : Bun.semver.order(version, present) > 0
  if (!isNews) return Option.none()
  return Option.some({
    registry: config.registry,
    release: yield* Registry.release(config.registry, versions, version)
  })
})

const fits = ({ engines, version }: Registry.Release): Effect.Effect<void, Failure> => {
  const range = engines?.["bun"]
  if (range === undefined || Bun.semver.satisfies(Bun.version, range)) return Effect.void
  return Effect.fail(
    new Failure({ message: `${version} needs Bun ${range}, and this is ${Bun.version}: run bun upgrade` })
  )
}

const running = (version: string, now: Effect.Success<ReturnType<typeof change.make>>): string =>
  Option.match(now, {
    onNone: () => `${version} is what the next start runs`,
    onSome: ({ ended, now: { pid } }) => `${version} runs (pid ${pid})${endedJobs(ended)}`
  })

/** For programs: `pid` is null where nothing runs. */
const runOf = (now: Effect.Success<ReturnType<typeof change.make>>) =>
  Option.match(now, {
    onNone: () => ({ pid: null }),
    onSome: ({ ended, now: { pid } }) => ({ pid, ...jobsOf(ended) })
  })

const upgradeTo = Effect.fnUntraced(function* (registry: string, release: Registry.Release, seconds: number) {
  const { version } = release
  const { root } = yield* Home
  yield* fits(release)
  const program = yield* Installed.install(registry, release).pipe(
    during("installing", (seconds) => `${version} from ${registry} (${seconds} s)`)
  )
  yield* told(row("installed", `${version} in ${Installed.folderIn(root)}`))
  const isNetwork = yield* Effect.isSuccess((yield* Local).overview)
  yield* trial
    .pass(program, version, isNetwork)
    .pipe(during("trying", (seconds) => `${version} in a home of its own (${seconds} s)`))
  yield* told(row("tried", green("it works on this machine")))
  if (Option.isNone((yield* change.launchers).now)) yield* launcher.write
  const next = launcher.textFor(root, program)
  const view = yield* change.make({ next, version, withinMillis: seconds * 1000 })
  const { before, now } = yield* change.launchers
  yield* Installed.tidy([...Option.toArray(now), ...Option.toArray(before)])
  yield* told(row("upgraded", green(running(version, view))))
  yield* told(`\n  ${present} is kept: \`infernet upgrade --rollback\` goes back to it\n`)
  return { upgraded: true, from: present, to: version, ...runOf(view) }
})

const rollback = Effect.fnUntraced(function* (seconds: number) {
  const { root } = yield* Home
  const { run } = yield* Tools
  const { before } = yield* change.launchers
  if (Option.isNone(before)) {
    return yield* new Failure({ message: `there is no version before to go back to in ${root}` })
  }
  const { stdout } = yield* run([`${launcher.pathIn(root)}.previous`, "--version"])
  const version = /\d+\.\d+\.\S+/.exec(stdout)?.[0]
  if (version === undefined) return yield* new Failure({ message: "the version before is no longer there" })
  const view = yield* change.make({ next: before.value, version, withinMillis: seconds * 1000 })
  yield* told(row("back", green(running(version, view))))
  return { upgraded: true, from: present, to: version, ...runOf(view) }
})

interface Given {
  readonly check: boolean
  readonly version: Option.Option<string>
  readonly rollback: boolean
  readonly timeout: number
}

/** What came of it, as programs are told. */
const run = Effect.fnUntraced(function* (given: Given) {
  if (given.rollback) return yield* Effect.scoped(Effect.andThen(exclusively, rollback(given.timeout)))
  if (!given.check) yield* own
  const found = yield* wanted(given.version)
  if (Option.isNone(found)) {
    const what = Option.isSome(given.version) ? "is this one" : "is the newest"
    yield* told(row("version", `${present} ${what}`))
    return { upgraded: false, from: present, to: present }
  }
  const { registry, release } = found.value
  yield* told(row("version", `${present} → ${bold(release.version)}`))
  if (given.check) {
    yield* told("\n  infernet upgrade\n")
    return { upgraded: false, from: present, to: release.version }
  }
  return yield* Effect.scoped(Effect.andThen(exclusively, upgradeTo(registry, release, given.timeout)))
})

export const upgrade = Command.make(
  "upgrade",
  {
    check: Flag.Boolean("check").pipe(
      Flag.withDescription("Say whether there is a newer version, and do nothing"),
      Flag.withDefault(false)
    ),
    version: Flag.String("version").pipe(
      Flag.withMetavar("<version>"),
      Flag.withDescription("This one, also an older one, instead of the newest"),
      Flag.optional
    ),
    rollback: Flag.Boolean("rollback").pipe(
      Flag.withDescription("Go back to the version before"),
      Flag.withDefault(false)
    ),
    timeout: options.drainTimeout,
    json: options.json
  },
  Effect.fnUntraced(function* (given) {
    const result = yield* quietly(given.json)(run(given))
    if (given.json) yield* Console.log(JSON.stringify(result))
  })
).pipe(
  Command.withShortDescription("Put the newest version in the place of this one"),
  Command.withDescription(
    "Install the newest version of the registry that your npm uses beside this one, try it, and put it in its place:\n" +
      "  running jobs end first, within --timeout. Where it does not come up, this version is back by itself. Calls of\n" +
      "  the launcher in the home and its service run the new one; another `infernet` on the PATH stays what it is."
  ),
  Command.withExamples([
    { command: "infernet upgrade --check", description: "Is there a newer one?" },
    { command: "infernet upgrade", description: "Upgrade" },
    { command: "infernet upgrade --rollback", description: "Go back" }
  ]),
  Command.provide(Tools.layer)
)
