#!/usr/bin/env bun
/** The `infernet` command. */
import "./fetchLimit.ts"
import * as NodeRuntime from "@effect/platform-node/NodeRuntime"
import { program } from "./program.ts"
import * as again from "./run/again.ts"
import { endWithReader, teardown } from "./terminal/exit.ts"
import * as signals from "./terminal/signals.ts"

endWithReader()
signals.listen()
NodeRuntime.runMain(program(process.argv.slice(2)), {
  disableErrorReporting: true,
  teardown: (exit, onExit) =>
    teardown(exit, (code) => {
      if (code === 0) again.begin()
      onExit(code)
    })
})
