/** Control messages of the link between a daemon and a control plane: JSON arrays of these in text frames. */
import { Schema } from "effect"
import { FinishReason, Usage } from "./Chat.ts"
import { Command, CommandProgress } from "./Command.ts"
import { AttemptId, CommandId, JobId, ReceiptId } from "./Id.ts"
import { JobRequest } from "./JobRequest.ts"
import { NodeState } from "./Node.ts"
import { BillOffer, ChannelTerms, Dispute, Domain, Signature, SignedBill, Voucher } from "./Receipt.ts"
import { PublicKey } from "./PublicKey.ts"

const count = Schema.Int.check(Schema.isGreaterThanOrEqualTo(0))
/** A number that stands for an attempt in binary records, for the life of one link. */
const Binding = Schema.Int.check(Schema.isBetween({ minimum: 0, maximum: 0xffff_ffff }))
const Reason = Schema.String.check(Schema.isMaxLength(2048))

/** Why a backend or a node did not finish an attempt; decides who is to blame and whether another node may help. */
export const AttemptFault = Schema.Literals([
  "backend_error",
  "backend_unreachable",
  "model_not_found",
  "context_exceeded",
  "overloaded",
  "bad_request",
  "unsupported",
  "timeout",
  "output_too_large",
  "node_stopping",
  "cancelled"
])
export type AttemptFault = typeof AttemptFault.Type

/** Milliseconds from the dispatch's arrival at the node. */
export const Timings = Schema.Struct({
  first_token_ms: Schema.optionalKey(Schema.Finite),
  total_ms: Schema.Finite
})
export type Timings = typeof Timings.Type

export const Hello = Schema.Struct({
  type: Schema.tag("hello"),
  version: Schema.String.check(Schema.isMaxLength(64)),
  /** Random per process: tells a reconnect from a second process with the same key. */
  instance: Schema.String.check(Schema.isPattern(/^[0-9a-f]{32}$/)),
  epoch: count,
  state: NodeState,
  /** Attempts still running or unacknowledged here, and the last record each has produced. */
  inflight: Schema.Array(Schema.Struct({ attempt: AttemptId, seq: count })).check(Schema.isMaxLength(256))
})
export const Accepted = Schema.Struct({ type: Schema.tag("accepted"), attempt: AttemptId })
export const Refused = Schema.Struct({
  type: Schema.tag("refused"),
  attempt: AttemptId,
  error: AttemptFault,
  reason: Reason
})
export const Done = Schema.Struct({
  type: Schema.tag("done"),
  attempt: AttemptId,
  /** Number of records the attempt produced. */
  seq: count,
  finish_reason: FinishReason,
  usage: Usage,
  timings: Timings
})
export const Failed = Schema.Struct({
  type: Schema.tag("failed"),
  attempt: AttemptId,
  seq: count,
  error: AttemptFault,
  message: Reason,
  /** What was done up to the failure, where the backend told or the node could count it. */
  usage: Schema.optionalKey(Usage)
})
export const StateChanged = Schema.Struct({ type: Schema.tag("state"), state: NodeState })
/** How far a command has come; what it came to goes by HTTP, which is repeated until it is answered. */
export const Progress = Schema.Struct({ type: Schema.tag("progress"), command: CommandId, progress: CommandProgress })
/** A bill that this node signs. */
export const ReceiptMessage = Schema.Struct({ type: Schema.tag("receipt"), ...SignedBill.fields })
/** A bill that it does not sign. */
export const DisputeMessage = Schema.Struct({ type: Schema.tag("dispute"), ...Dispute.fields })
export const Ping = Schema.Struct({ type: Schema.tag("ping") })
export const Pong = Schema.Struct({ type: Schema.tag("pong") })

/** From a node to its control plane. */
export const NodeMessage = Schema.Union([
  Hello,
  Accepted,
  Refused,
  Done,
  Failed,
  StateChanged,
  Progress,
  ReceiptMessage,
  DisputeMessage,
  Ping,
  Pong
])
export type NodeMessage = typeof NodeMessage.Type
export type Hello = typeof Hello.Type
export type Done = typeof Done.Type
export type Failed = typeof Failed.Type

export const Welcome = Schema.Struct({
  type: Schema.tag("welcome"),
  replica: Schema.String,
  server_time: Schema.String,
  /** Attempts that go on: under which number, and after which record. */
  resume: Schema.Array(Schema.Struct({ attempt: AttemptId, binding: Binding, after: count })),
  cancel: Schema.Array(AttemptId)
})
/** A dispatch. A request over 256 KiB as JSON comes as `request_parts` messages of type `part` after this one. */
export const JobMessage = Schema.Struct({
  type: Schema.tag("job"),
  attempt: AttemptId,
  binding: Binding,
  job: JobId,
  request: Schema.optionalKey(JobRequest),
  request_parts: Schema.optionalKey(Schema.Int.check(Schema.isBetween({ minimum: 1, maximum: 256 }))),
  /** What the job may cost is within it, and its channel was told before: absent where no ceiling is signed. */
  voucher: Schema.optionalKey(Voucher)
})
export const Part = Schema.Struct({ type: Schema.tag("part"), attempt: AttemptId, index: count, text: Schema.String })
/** The node may send up to 256 KiB of output past record `seq`. */
export const Credit = Schema.Struct({ type: Schema.tag("credit"), attempt: AttemptId, seq: count })
/** The attempt's end is durable: the node may forget its records. */
export const Ack = Schema.Struct({ type: Schema.tag("ack"), attempt: AttemptId })
export const Cancel = Schema.Struct({ type: Schema.tag("cancel"), attempt: AttemptId })
export const CommandMessage = Schema.Struct({ type: Schema.tag("command"), command: Command })
/** The channel over which this node's work is billed from now on, where vouchers are signed for it. */
export const ChannelMessage = Schema.Struct({ type: Schema.tag("channel"), domain: Domain, terms: ChannelTerms })
/** To be signed, or disputed; again until it is. */
export const BillMessage = Schema.Struct({ type: Schema.tag("bill"), ...BillOffer.fields })
/** The control plane's signature under a bill that the node has signed: together they are the receipt. */
export const Countersigned = Schema.Struct({
  type: Schema.tag("countersigned"),
  bill: ReceiptId,
  plane_key: PublicKey,
  signature: Signature
})
export const Drain = Schema.Struct({ type: Schema.tag("drain") })

/** From a control plane to a node. */
export const PlaneMessage = Schema.Union([
  Welcome,
  JobMessage,
  Part,
  Credit,
  Ack,
  Cancel,
  CommandMessage,
  ChannelMessage,
  BillMessage,
  Countersigned,
  Drain,
  Ping,
  Pong
])
export type PlaneMessage = typeof PlaneMessage.Type
export type Welcome = typeof Welcome.Type
export type JobMessage = typeof JobMessage.Type

/** The message types each side knows; others are ignored, so that either side may learn new ones first. */
export const nodeMessageTypes: ReadonlySet<string> = new Set<NodeMessage["type"]>([
  "hello",
  "accepted",
  "refused",
  "done",
  "failed",
  "state",
  "progress",
  "receipt",
  "dispute",
  "ping",
  "pong"
])
export const planeMessageTypes: ReadonlySet<string> = new Set<PlaneMessage["type"]>([
  "welcome",
  "job",
  "part",
  "credit",
  "ack",
  "cancel",
  "command",
  "channel",
  "bill",
  "countersigned",
  "drain",
  "ping",
  "pong"
])

/** WebSocket close codes of ours. */
export const close = {
  malformed: 1008,
  superseded: 4409,
  duplicateInstance: 4410,
  /** It was opened with a key that is the node's no more. */
  keyRotated: 4411,
  goingAway: 1001,
  silent: 4408
} as const

/** Limits of the link, in bytes, milliseconds or items. */
export const limits = {
  frameBytes: 1 << 20,
  requestPartBytes: 256 << 10,
  attemptsPerLink: 256,
  outputBytesPerAttempt: 4 << 20,
  /** Of embeddings: 2,048 vectors of 1,500 numbers. */
  vectorBytesPerAttempt: 16 << 20,
  /** One vector of 65,536 numbers, and what it takes to send it. */
  vectorBytesPerText: 352 << 10,
  creditBytes: 256 << 10,
  recordJoinMillis: 2,
  pingMillis: 10_000,
  silenceMillis: 25_000,
  acceptMillis: 1_000,
  graceMillis: 500,
  /** How long a link outlives the key that it was opened with, for one of the new key to take its attempts over. */
  rotationMillis: 5_000
} as const

/**
 * Bytes of output that an attempt may have, records' headers included; both sides hold all of them until its end.
 *
 * Vectors are longer than any text, so theirs is another limit; where there are few, it follows from how many texts came.
 */
export const outputLimit = (request: JobRequest): number =>
  "input" in request
    ? Math.min(limits.vectorBytesPerAttempt, request.input.length * limits.vectorBytesPerText)
    : limits.outputBytesPerAttempt
