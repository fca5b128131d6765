/**
 * The servers that the conformance suite can be run against: those it starts itself, and those it is given.
 *
 * A server is given by its address (`CONFORMANCE_VLLM=http://127.0.0.1:8000`) or by a command that runs it in the
 * foreground on the port that `PORT` tells (`CONFORMANCE_VLLM='./run-vllm'`); only one that the suite can start is also
 * killed by it. It has to serve the demo model, under any name.
 */
import { dirname } from "node:path"
import type { BackendKind } from "@infernet/contract/Node"
import { howToGetIt, model, oneModel, program } from "../llamaServer.ts"

export interface Target {
  readonly name: string
  readonly kind: BackendKind
  /** How to bring it up: the engine in this program, a program and its arguments for a port, or an address. */
  readonly from:
    | { readonly _tag: "Engine" }
    | {
        readonly _tag: "Program"
        readonly argv: (port: number) => ReadonlyArray<string>
        /** A big server takes minutes, and answers the better part of a second later than a small one. */
        readonly big: boolean
      }
    | { readonly _tag: "Address"; readonly url: string }
    | { readonly _tag: "Missing"; readonly how: string }
}

const given = (name: string, kind: BackendKind, variable: string): Target => {
  const how = `set ${variable} to its address, or to a command that runs it on $PORT`
  const text = process.env[variable]?.trim()
  if (text === undefined || text === "") return { name, kind, from: { _tag: "Missing", how } }
  if (/^https?:\/\//.test(text)) return { name, kind, from: { _tag: "Address", url: text } }
  // `exec`: the process that is killed has to be the server.
  const argv = (port: number) => ["/bin/sh", "-c", `PORT=${port} exec ${text}`]
  return { name, kind, from: { _tag: "Program", argv, big: true } }
}

const llamaServer = (name: string, serving: ReadonlyArray<string>): Target => {
  const found = program
  if (found === undefined) return { name, kind: "llamacpp", from: { _tag: "Missing", how: howToGetIt } }
  const argv = (port: number) => [found, ...serving, ...common, "--port", String(port)]
  return { name, kind: "llamacpp", from: { _tag: "Program", argv, big: false } }
}

const common = ["--host", "127.0.0.1", "-t", "1", "--no-webui", "--metrics", "--slots"]

export const targets: ReadonlyArray<Target> = [
  { name: "the embedded engine", kind: "embedded", from: { _tag: "Engine" } },
  llamaServer("llama-server", oneModel),
  llamaServer("llama-server as a router", ["--models-dir", dirname(model)]),
  llamaServer("llama-server for embeddings", [...oneModel, "--embeddings", "--pooling", "mean"]),
  given("Ollama", "ollama", "CONFORMANCE_OLLAMA"),
  given("llama-swap", "llamaswap", "CONFORMANCE_LLAMASWAP"),
  given("vLLM", "vllm", "CONFORMANCE_VLLM"),
  given("SGLang", "sglang", "CONFORMANCE_SGLANG"),
  given("Modular MAX", "max", "CONFORMANCE_MAX")
]
