/** What is known of this machine: its hardware, its disk, its ports, its backends. */
import * as tool from "@infernet/backend/gpu/tool"
import { HardwareReadings } from "@infernet/backend/Hardware"
import { ModelFiles } from "@infernet/backend/install/ModelFiles"
import { holderOf } from "@infernet/platform/Address"
import { Effect, FileSystem, Layer, Option } from "effect"
import * as Machine from "../client/Machine.ts"
import { type GraphicsFacts, known, type Situation, unknown } from "./Situation.ts"

const vendors = { "0x10de": "nvidia", "0x1002": "amd" } as const
/** Of the PCI classes: displays, and processing accelerators. */
const isGraphics = (pciClass: string): boolean => /^0x(03|12)/.test(pciClass)

/** GPUs as the kernel lists them, with or without a driver; none where there is no `/sys`. */
const onBus = Effect.gen(function* () {
  const fs = yield* FileSystem.FileSystem
  const bus = "/sys/bus/pci/devices"
  // What cannot be read tells of no GPU.
  const text = (path: string) =>
    Effect.map(
      Effect.orElseSucceed(fs.readFileString(path), () => ""),
      (text) => text.trim()
    )
  const devices = yield* Effect.orElseSucceed(fs.readDirectory(bus), (): Array<string> => [])
  const found = yield* Effect.forEach(devices, (device) =>
    Effect.all([text(`${bus}/${device}/vendor`), text(`${bus}/${device}/class`)])
  )
  const named = found.flatMap(([vendor, pciClass]) =>
    isGraphics(pciClass) && (vendor === "0x10de" || vendor === "0x1002") ? [vendors[vendor]] : []
  )
  return [...new Set(named)]
})

const cuda = Effect.gen(function* () {
  const printed = yield* (yield* tool.make)(["nvidia-smi"])
  return printed._tag === "text" ? /CUDA Version:\s*([\d.]+)/.exec(printed.text)?.[1] : undefined
})

export const graphics = Effect.gen(function* () {
  const { gpus } = yield* (yield* HardwareReadings).read
  const facts: GraphicsFacts = {
    onBus: yield* onBus,
    cuda: gpus.some(({ vendor }) => vendor === "nvidia") ? yield* cuda : undefined
  }
  return facts
})

export const hardware = Effect.flatMap(HardwareReadings, ({ read }) => read)

export const diskFreeBytes = Effect.flatMap(ModelFiles, ({ free }) =>
  Effect.match(free, {
    onSuccess: (bytes): Situation["diskFreeBytes"] => known(bytes),
    onFailure: ({ message }) => unknown(message)
  })
)

export const layer = Layer.merge(HardwareReadings.layer, ModelFiles.layer)

interface Offered {
  readonly backends: Situation["backends"]
  readonly offers: Situation["offers"]
}

/** Every address asked anew, and what a node of this home offers of it. */
export const offered = Machine.use((machine) =>
  Effect.all([
    machine.backends,
    machine.isNode ? Effect.map(machine.models, ({ offers }) => offers) : Effect.succeed([])
  ])
).pipe(
  Effect.timeoutOrElse({ duration: "15 seconds", orElse: () => Effect.succeed(undefined) }),
  Effect.match({
    onSuccess: (found): Offered =>
      found === undefined
        ? { backends: unknown("the addresses of backends do not answer in time"), offers: [] }
        : { backends: known(found[0]), offers: found[1] },
    onFailure: ({ message }): Offered => ({ backends: unknown(message), offers: [] })
  })
)

const canListen = (hostname: string, port: number) =>
  Effect.sync(() => {
    try {
      Bun.listen({ hostname, port, socket: { data: () => undefined } }).stop(true)
      return true
    } catch {
      return false
    }
  })

/** Who has a port; taken by trying to take it. */
export const portHolder = Effect.fnUntraced(function* (host: string, port: number) {
  if (yield* canListen(host, port)) return "nobody" as const
  return { name: Option.getOrElse(yield* holderOf(port), () => "another process") }
})
