/** What an operator asks of a node from afar, over the control plane's API. */
import { CommandPage } from "@infernet/contract/api/Commands"
import { type CommandState, CommandView, type IssueCommand } from "@infernet/contract/Command"
import type { CommandId, NodeId } from "@infernet/contract/Id"
import { Clock, Effect, Option, Schedule } from "effect"
import { SecureRandom } from "effect/crypto"
import { HttpClientRequest } from "effect/http"
import { Failure } from "../terminal/exit.ts"
import { accept, decode, request, send } from "./api.ts"
import type { Target } from "./Target.ts"

type Key = Pick<CommandView, "id" | "node_id">

const path = (node: NodeId) => `/api/v1/nodes/${node}/commands`
const pathOf = ({ id, node_id }: Key) => `${path(node_id)}/${id}`

export const isOpen = (state: CommandState): boolean => state === "pending" || state === "running"

/** Sent again where nobody answers: its key makes one command of them all. */
export const issue = Effect.fnUntraced(function* (target: Target, node: NodeId, asked: IssueCommand) {
  const key = yield* (yield* SecureRandom.SecureRandom).uuidV4()
  const post = yield* Effect.orDie(
    HttpClientRequest.bodyJson(
      HttpClientRequest.setHeader(HttpClientRequest.post(path(node)), "idempotency-key", key),
      asked
    )
  )
  return yield* request(target, post).pipe(
    Effect.retry({ times: 2, schedule: Schedule.spaced("500 millis") }),
    Effect.flatMap(accept(target)),
    Effect.flatMap(decode(CommandView))
  )
}, Effect.provide(SecureRandom.layerWebCrypto))

/** Newest first, at most `limit` of up to 100. */
export const list = (target: Target, node: NodeId, limit: number) =>
  Effect.flatMap(send(target, HttpClientRequest.get(`${path(node)}?limit=${limit}`)), decode(CommandPage))

/** One that runs has ended only when its node has said so. */
export const cancel = (target: Target, command: { readonly id: CommandId; readonly node_id: NodeId }) =>
  Effect.flatMap(send(target, HttpClientRequest.delete(pathOf(command))), decode(CommandView))

const every = "500 millis"
const answerWithin = "10 seconds"
/** A control plane that starts anew, or whose database does, is waited for. */
const patienceMillis = 60_000

const lost = ({ url }: Target, { node_id }: Key) =>
  new Failure({
    message: `${url} has not answered for a minute; the node goes on: \`infernet command list ${node_id}\` tells of it`
  })

/** Tells the command as it is, then each time it is read again, at most twice a second, and gives its end. */
export const follow = Effect.fnUntraced(function* (
  target: Target,
  first: CommandView,
  tell: (command: CommandView) => Effect.Effect<void>
) {
  const reading = request(target, HttpClientRequest.get(pathOf(first))).pipe(
    Effect.option,
    Effect.timeoutOption(answerWithin),
    Effect.map(Option.flatten),
    Effect.map(Option.filter(({ status }) => status < 500))
  )
  let command = first
  let heardAt = yield* Clock.currentTimeMillis
  yield* tell(command)
  while (isOpen(command.state)) {
    yield* Effect.sleep(every)
    const response = yield* reading
    const now = yield* Clock.currentTimeMillis
    if (Option.isNone(response)) {
      if (now - heardAt >= patienceMillis) return yield* lost(target, command)
      continue
    }
    heardAt = now
    command = yield* Effect.flatMap(accept(target)(response.value), decode(CommandView))
    yield* tell(command)
  }
  return command
})
