/** Draws what is known whenever it changes, and does what keys ask for, until one of them quits. */
import { Home } from "@infernet/platform/Home"
import { Clock, Deferred, Effect, Latch, Option, Queue, Schedule, Stream } from "effect"
import { join } from "node:path"
import { Local } from "../client/Local.ts"
import * as logFeed from "./feed/log.ts"
import * as nodeFeed from "./feed/node.ts"
import * as planeFeed from "./feed/plane.ts"
import * as systemFeed from "./feed/system.ts"
import { actionOf } from "./keys.ts"
import { paint } from "./paint.ts"
import { type News, reduce } from "./reduce.ts"
import { Screen } from "./Screen.ts"
import { initial } from "./State.ts"
import { bodyHeight, frame, type Size } from "./view/frame.ts"
import type { Look } from "./view/look.ts"

/** Between two frames: ten a second are enough to look alive. */
const restMillis = 100

export const run = Effect.fnUntraced(function* (look: Look) {
  const home = yield* Home
  const local = yield* Local
  const screen = yield* Screen
  const keys = yield* screen.keys
  const sizes = yield* screen.sizes
  const dirty = yield* Latch.make()
  const quit = yield* Deferred.make<void>()

  let state = initial(home.root, yield* Clock.currentTimeMillis)
  let size: Size = yield* Effect.orDie(Queue.take(sizes))
  let shown: ReadonlyArray<string> | undefined

  const take = (news: News) =>
    Effect.map(Clock.currentTimeMillis, (now) => {
      state = reduce(state, news, now)
      dirty.openUnsafe()
    })

  const toggleDrain = Effect.suspend(() => {
    const { Link } = state.parts
    if (Link === undefined) return take({ _tag: "Notice", text: "no node runs here" })
    const asked = nodeFeed.drain(local, !Link.drained_by.includes("machine"))
    return Effect.flatMap(asked, (text) => take({ _tag: "Notice", text }))
  })

  const press = Effect.fnUntraced(function* () {
    const { input, key } = yield* Queue.take(keys)
    const action = actionOf(key, Option.getOrUndefined(input), state.view, bodyHeight(size) - 1)
    if (action === undefined) return
    if (action._tag === "Quit") return yield* Deferred.succeed(quit, undefined)
    if (action._tag === "Drain") return yield* Effect.forkScoped(toggleDrain)
    yield* take(action)
  })

  const resize = Effect.map(Queue.take(sizes), (next) => {
    size = next
    // Whatever the terminal has made of the lines is not what was drawn.
    shown = undefined
    dirty.openUnsafe()
  })

  const draw = Effect.gen(function* () {
    yield* dirty.await
    dirty.closeUnsafe()
    const lines = frame(look, state, size)
    const text = paint(shown, lines, size.columns)
    shown = lines
    if (text !== "") yield* screen.write(text)
    yield* Effect.sleep(restMillis)
  })

  const feeds = Stream.mergeAll(
    [
      nodeFeed.news(local),
      planeFeed.news(local),
      systemFeed.news,
      logFeed.news(join(home.logs, "infernet.log")),
      Stream.fromEffectSchedule(Effect.succeed<News>({ _tag: "Second" }), Schedule.spaced("1 second"))
    ],
    { concurrency: "unbounded", bufferSize: 1 }
  )
  dirty.openUnsafe()
  // The queues end with the terminal, and that is the end of all this.
  const forTheTerminal = Effect.raceAllFirst([
    Effect.forever(press()),
    Effect.forever(resize),
    Deferred.await(quit),
    screen.hungUp
  ]).pipe(Effect.catch(() => Effect.void))
  yield* Effect.raceAllFirst([forTheTerminal, Effect.forever(draw), Stream.runForEach(feeds, take)])
}, Effect.scoped)
