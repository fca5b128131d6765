/** A server that `infernet backend run` starts: how it is called, when it is well, how one gets it. */
import type { Kind } from "../kinds.ts"

export type ServerKind = Extract<Kind, "vllm" | "sglang" | "max" | "llamacpp">

/** What is served, and under which name clients ask for it. */
export interface Model {
  /** As the server takes it: a repository of Hugging Face, a folder, or a GGUF file. */
  readonly from: string
  /** The server's own choice where none is given. */
  readonly alias: string | undefined
}

/** What decides how a server is installed. */
export interface Machine {
  readonly platform: NodeJS.Platform
  readonly gpu: "nvidia" | "amd" | "apple" | undefined
}

export interface Server {
  readonly kind: ServerKind
  readonly name: string
  /** Its program; looked for on PATH and in the current virtual environment. */
  readonly program: string
  /** Where a node looks for it unasked. */
  readonly port: number
  /** The variable that tells a node of another address. */
  readonly hostVariable: string
  /** Answers 200 once requests are taken, and not before. */
  readonly health: string
  /** Arguments of the program, in front of those that the operator adds. */
  readonly args: (model: Model, port: number) => ReadonlyArray<string>
  /** What the operator must do, in lines: advice in words, commands after two spaces. */
  readonly install: (machine: Machine) => ReadonlyArray<string>
}

/** Served to this machine alone: strangers are served through the node. */
export const host = "127.0.0.1"

/** Flags that are ours to set. */
const reserved = /^(?:--host|--port)(?:=|$)/

/** The flag among an operator's own that would point the server elsewhere than where it is looked for. */
export const misplaced = (extra: ReadonlyArray<string>): string | undefined => extra.find((word) => reserved.test(word))
