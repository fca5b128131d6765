#!/usr/bin/env bun
/** The `infernet` command. */
import "./fetchLimit.ts"
import * as NodeRuntime from "@effect/platform-node/NodeRuntime"
import { program } from "./program.ts"
import { stopAtOnceWhenAskedAgain, teardown } from "./terminal/exit.ts"

stopAtOnceWhenAskedAgain()
NodeRuntime.runMain(program(process.argv.slice(2)), { disableErrorReporting: true, teardown })
