/** Whether a machine can hold a model: 85 % of its GPU memory, or 60 % of its main memory, and the room on its disk. */
import type { Hardware } from "@infernet/contract/Node"
import { bytesOf } from "./bytes.ts"
import { cachePerToken, contextHeld, weightsOf, parametersOf } from "./estimate.ts"

export interface Need {
  /** Of the weights. */
  readonly modelBytes: number
  /** Of the KV cache for the context that is offered. */
  readonly cacheBytes: number
  /** Still to be written to disk. */
  readonly diskBytes: number
}

export interface Room {
  readonly gpuBytes: number
  readonly memoryBytes: number
  /** `undefined` where another program keeps the files, on a disk that we do not know. */
  readonly diskFreeBytes: number | undefined
}

export type Fit =
  | { readonly fits: true; readonly on: "gpu" | "cpu" }
  /** `reason` is a sentence with what is needed and what there is. */
  | { readonly fits: false; readonly reason: string }

/** Shares of memory that a model may take; the rest is for everything else there is. */
const share = { gpu: 0.85, memory: 0.6 }

/** A disk is not filled to the brim: databases and logs live there as well. */
export const diskReserve = 1 << 30

export const roomOf = (hardware: typeof Hardware.Type, diskFreeBytes: number | undefined): Room => ({
  gpuBytes: hardware.gpus.reduce((sum, gpu) => sum + gpu.memory_total_bytes, 0),
  memoryBytes: hardware.memory_total_bytes,
  diskFreeBytes
})

export const fit = (need: Need, room: Room): Fit => {
  const { diskFreeBytes, gpuBytes, memoryBytes } = room
  if (diskFreeBytes !== undefined && need.diskBytes > 0 && need.diskBytes + diskReserve > diskFreeBytes) {
    const there = bytesOf(Math.max(0, diskFreeBytes - diskReserve))
    return {
      fits: false,
      reason: `it needs ${bytesOf(need.diskBytes)} of disk, of which ${there} can be used, as ${bytesOf(diskReserve)} stays free`
    }
  }
  const bytes = need.modelBytes + need.cacheBytes
  if (bytes <= gpuBytes * share.gpu) return { fits: true, on: "gpu" }
  if (bytes <= memoryBytes * share.memory) return { fits: true, on: "cpu" }
  const gpu = gpuBytes > 0 ? `85 % of ${bytesOf(gpuBytes)} GPU memory and ` : ""
  const reason = `it needs ${bytesOf(bytes)} of memory; this machine can give ${gpu}60 % of ${bytesOf(memoryBytes)} main memory`
  return { fits: false, reason }
}

/** The need of a library model by its name; `undefined` where the name does not tell. */
export const needOfName = (name: string): Need | undefined => {
  const modelBytes = weightsOf(name)
  const parameters = parametersOf(name)
  if (modelBytes === undefined || parameters === undefined) return undefined
  return { modelBytes, cacheBytes: cachePerToken(parameters) * contextHeld, diskBytes: modelBytes }
}

/** The need of a file before its header is there. */
export const needOfFile = (name: string, bytes: number, have: number): Need => ({
  modelBytes: bytes,
  cacheBytes: cachePerToken(parametersOf(name) ?? bytes * 2) * contextHeld,
  diskBytes: Math.max(0, bytes - have)
})
