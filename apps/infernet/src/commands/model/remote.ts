/** `infernet model … --node <id>`: the same asked of a node elsewhere, by names only. */
import type { IssueCommand } from "@infernet/contract/Command"
import { type Fault, type RemoteInstall, remoteInstall, remoteRemoval } from "@infernet/contract/RemoteModel"
import { Console, Effect, Option } from "effect"
import { Flag } from "effect/cli"
import * as nodes from "../../client/nodes.ts"
import * as Target from "../../client/Target.ts"
import * as options from "../../settings/options.ts"
import { canAsk, confirm } from "../../terminal/ask.ts"
import { Failure } from "../../terminal/exit.ts"
import { bold, fitRow, green, plain, row } from "../../terminal/style.ts"
import { obey } from "../command/obey.ts"
import { asked, type Given } from "./asked.ts"

export const flags = {
  node: Flag.String("node").pipe(
    Flag.withMetavar("<id>"),
    Flag.withDescription("At this node of yours on the network instead of here: its id, or the beginning of it"),
    Flag.optional
  ),
  controlPlane: options.controlPlaneFlag("With --node: a node of this network instead of the one here")
}

/** A node elsewhere, and the control plane that knows it where one was named. */
export interface At {
  readonly node: string
  readonly controlPlane: Option.Option<string>
}

/** None where the call is for this machine. */
export const at = Effect.fnUntraced(function* ({
  controlPlane,
  node
}: {
  readonly controlPlane: Option.Option<string>
  readonly node: Option.Option<string>
}) {
  if (Option.isNone(node) && Option.isSome(controlPlane)) {
    const message = "--control-plane says where the node of --node is: without that, the model is for this machine"
    return yield* new Failure({ message, code: 2 })
  }
  return Option.map(node, (node): At => ({ node, controlPlane }))
})

const localOnly = "--node: URLs and paths are for the local command only"

const valid = (command: IssueCommand, judged: RemoteInstall | string | Fault): IssueCommand | string =>
  typeof judged === "object" && judged._tag === "Fault" ? `${judged.field}: ${judged.message}` : command

/** What is to be sent; or what is wrong with the call, before anything is. */
export const installOf = (given: Given): IssueCommand | string => {
  if (given.backend !== undefined) return "--backend is for the local command only: a node chooses by itself"
  const wanted = asked(given)
  switch (wanted._tag) {
    case "Fault":
      return wanted.message
    case "Url":
    case "Path":
      return localOnly
    case "Library": {
      const command: IssueCommand = { kind: "model_install", model: wanted.name }
      return valid(command, remoteInstall(command))
    }
    case "Repository": {
      const { file, repository, sha256 } = wanted
      if (file === undefined || sha256 === undefined) {
        return `--node: of a repository give --file and --sha256, which its page shows (a library model: ${repository}:latest)`
      }
      const command: IssueCommand = { kind: "model_install", model: repository, file, sha256 }
      return valid(command, remoteInstall(command))
    }
  }
}

export const removalOf = (name: string): IssueCommand | string => {
  const command: IssueCommand = { kind: "model_remove", model: name }
  return valid(command, remoteRemoval(command))
}

const checked = (command: IssueCommand | string) =>
  typeof command === "string" ? Effect.fail(new Failure({ message: plain(command), code: 2 })) : Effect.succeed(command)

const whatOf = ({ file, model = "" }: IssueCommand): string => plain(file === undefined ? model : `${file} of ${model}`)

/** Installs at the node whose id begins so; it judges itself whether the model fits. */
export const install = Effect.fnUntraced(function* ({ controlPlane, node }: At, given: Given, json: boolean) {
  const command = yield* checked(installOf(given))
  const target = yield* Target.find(controlPlane)
  const found = yield* nodes.find(target, node)
  if (!json) {
    yield* Console.log(
      `${row("model", fitRow(whatOf(command)))}\n${row("node", fitRow(`${found.id} ${plain(found.name)}`))}`
    )
  }
  yield* obey({ target, node: found, asked: command, json })
  if (json) return
  yield* Console.log(row("installed", fitRow(`at ${plain(found.name)}`)))
  yield* Console.log(`\n  infernet node show ${found.id}\n`)
})

export interface Removal {
  readonly name: string
  readonly json: boolean
  readonly yes: boolean
}

/** Removes it from the node whose id begins so, and asks before as it does here. */
export const remove = Effect.fnUntraced(function* ({ controlPlane, node }: At, { json, name, yes }: Removal) {
  const command = yield* checked(removalOf(name))
  const target = yield* Target.find(controlPlane)
  const found = yield* nodes.find(target, node)
  if (!yes) {
    if (!canAsk()) {
      const message = `nobody is there to be asked whether ${plain(name)} may go: add --yes`
      return yield* new Failure({ message, code: 2 })
    }
    if (!(yield* confirm(`Delete ${plain(name)} from ${plain(found.name)} (${found.id})?`, false))) return
  }
  yield* obey({ target, node: found, asked: command, json })
  if (!json) yield* Console.log(row("removed", `${green(bold(plain(name)))} from ${plain(found.name)}`))
})
