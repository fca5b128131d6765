import { expect, test } from "bun:test"
import { Hardware } from "@infernet/contract/Node"
import { it } from "@infernet/testing/harness"
import * as NodeServices from "@effect/platform-node/NodeServices"
import { Effect, Layer, Schema, Sink, Stream } from "effect"
import { ChildProcessSpawner } from "effect/process"
import { TestClock } from "effect/testing"
import * as amd from "../src/gpu/amd.ts"
import * as apple from "../src/gpu/apple.ts"
import * as nvidia from "../src/gpu/nvidia.ts"
import { HardwareReadings } from "../src/Hardware.ts"

const GiB = 2 ** 30

test("reads every GPU that nvidia-smi lists, and leaves out what it cannot tell", () => {
  const printed = `0, NVIDIA GeForce RTX 4090, 24564, 1024, 37, 51, 570.86.15
1, NVIDIA H100 80GB HBM3, 81559, 512, [N/A], 33, 570.86.15
2, NVIDIA GB10, [N/A], [N/A], 5, 40, 580.95.05
3, Tesla K80, 11441, 0, [Not Supported], [Unknown Error], 470.256.02
`
  expect(nvidia.parse(printed, 128 * GiB)).toEqual([
    {
      index: 0,
      vendor: "nvidia",
      name: "NVIDIA GeForce RTX 4090",
      memory_total_bytes: 24564 * 2 ** 20,
      memory_used_bytes: GiB,
      utilization: 0.37,
      temperature_celsius: 51,
      driver: "570.86.15"
    },
    // Split by MIG: the whole GPU's utilization is not told.
    {
      index: 1,
      vendor: "nvidia",
      name: "NVIDIA H100 80GB HBM3",
      memory_total_bytes: 81559 * 2 ** 20,
      memory_used_bytes: GiB / 2,
      temperature_celsius: 33,
      driver: "570.86.15"
    },
    // Shares the machine's memory.
    {
      index: 2,
      vendor: "nvidia",
      name: "NVIDIA GB10",
      memory_total_bytes: 128 * GiB,
      utilization: 0.05,
      temperature_celsius: 40,
      driver: "580.95.05"
    },
    {
      index: 3,
      vendor: "nvidia",
      name: "Tesla K80",
      memory_total_bytes: 11441 * 2 ** 20,
      memory_used_bytes: 0,
      driver: "470.256.02"
    }
  ])
})

test("finds no GPU in the tools' complaints", () => {
  for (const text of [
    "",
    "\n",
    "NVIDIA-SMI has failed because it couldn't communicate with the NVIDIA driver.",
    "No devices were found",
    "{}",
    "[1]"
  ]) {
    expect([nvidia.parse(text, 1), amd.parseRocm(text), amd.parseAmd(text, text), apple.parse(text, 1)]).toEqual([
      [],
      [],
      [],
      []
    ])
  }
})

test("reads rocm-smi, whose numbers are text and whose names may be missing", () => {
  const printed = JSON.stringify({
    card0: {
      "Temperature (Sensor edge) (C)": "35.0",
      "Temperature (Sensor junction) (C)": "36.0",
      "GPU use (%)": "3",
      "Card Series": "N/A",
      "Card Model": "0x7551",
      "VRAM Total Memory (B)": "34208743424",
      "VRAM Total Used Memory (B)": "29225381888"
    },
    card1: {
      "Temperature (Sensor edge) (C)": "39.0",
      "GPU use (%)": "N/A",
      "Card series": "Radeon RX 7900 XTX",
      "VRAM Total Memory (B)": "25753026560"
    },
    system: { "Driver version": "6.7.0" }
  })
  expect(amd.parseRocm(printed)).toEqual([
    {
      index: 0,
      vendor: "amd",
      name: "0x7551",
      memory_total_bytes: 34208743424,
      memory_used_bytes: 29225381888,
      utilization: 0.03,
      temperature_celsius: 36,
      driver: "6.7.0"
    },
    {
      index: 1,
      vendor: "amd",
      name: "Radeon RX 7900 XTX",
      memory_total_bytes: 25753026560,
      temperature_celsius: 39,
      driver: "6.7.0"
    }
  ])
})

test("reads amd-smi in the form of old and new releases", () => {
  const known = [{ gpu: 0, asic: { market_name: "AMD Instinct MI355X" }, driver: { version: "6.16.6" } }]
  const numbers = [
    {
      gpu: 0,
      mem_usage: { total_vram: { value: 294896, unit: "MB" }, used_vram: { value: 283, unit: "MB" } },
      usage: { gfx_activity: { value: 40, unit: "%" } },
      temperature: { edge: "N/A", hotspot: { value: 36, unit: "C" } }
    },
    { gpu: 1, usage: "N/A", mem_usage: "N/A" }
  ]
  const expected = [
    {
      index: 0,
      vendor: "amd" as const,
      name: "AMD Instinct MI355X",
      memory_total_bytes: 294896 * 2 ** 20,
      memory_used_bytes: 283 * 2 ** 20,
      utilization: 0.4,
      temperature_celsius: 36,
      driver: "6.16.6"
    }
  ]
  expect(amd.parseAmd(JSON.stringify(known), JSON.stringify(numbers))).toEqual(expected)
  expect(amd.parseAmd(JSON.stringify({ gpu_data: known }), JSON.stringify({ gpu_data: numbers }))).toEqual(expected)
})

test("reads Apple's accelerator, which shares the machine's memory, and no other", () => {
  const printed = `+-o AGXAcceleratorG16G  <class AGXAcceleratorG16G, id 0x10000050b, registered, matched, active, busy 0 (655 ms), retain 51>
      "PerformanceStatistics" = {"In use system memory (driver)"=0,"Alloc system memory"=1574862848,"Tiler Utilization %"=20,"Device Utilization %"=21,"In use system memory"=351141888}
      "model" = "Apple M4"
      "gpu-core-count" = 10
+-o IntelAccelerator  <class IntelAccelerator, id 0x10000033b, registered, matched>
      "PerformanceStatistics" = {"Device Utilization %"=7,"In use system memory"=268435456}
      "model" = <"Intel(R) UHD Graphics 630">
`
  expect(apple.parse(printed, 16 * GiB)).toEqual([
    {
      index: 0,
      vendor: "apple",
      name: "Apple M4",
      memory_total_bytes: 16 * GiB,
      memory_used_bytes: 351141888,
      utilization: 0.21
    }
  ])
})

it("starts no more than one process in ten seconds, however often it is asked", () =>
  Effect.gen(function* () {
    let started = 0
    const spawner = ChildProcessSpawner.make(() =>
      Effect.sync(() => {
        started += 1
        return ChildProcessSpawner.makeHandle({
          pid: ChildProcessSpawner.ProcessId(1),
          exitCode: Effect.succeed(ChildProcessSpawner.ExitCode(0)),
          isRunning: Effect.succeed(false),
          kill: () => Effect.void,
          stdin: Sink.drain,
          stdout: Stream.make(new TextEncoder().encode("0, NVIDIA T4, 15360, 0, 0, 30, 570.1\n")),
          stderr: Stream.empty,
          all: Stream.empty,
          getInputFd: () => Sink.drain,
          getOutputFd: () => Stream.empty,
          unref: Effect.succeed(Effect.void)
        })
      })
    )
    const context = yield* Layer.build(
      HardwareReadings.layer.pipe(Layer.provide(Layer.succeed(ChildProcessSpawner.ChildProcessSpawner, spawner)))
    )
    const { read } = yield* HardwareReadings.pipe(Effect.provideContext(context))
    const found = started
    for (let i = 0; i < 5; i++) expect((yield* read).gpus.map(({ name }) => name)).toEqual(["NVIDIA T4"])
    expect(started - found).toBe(1)
    yield* TestClock.adjust("11 seconds")
    yield* read
    expect(started - found).toBe(2)
  }))

it.live("describes this machine in the contract's terms", () =>
  Effect.gen(function* () {
    const context = yield* Layer.build(HardwareReadings.layer.pipe(Layer.provide(NodeServices.layer)))
    const { read } = yield* HardwareReadings.pipe(Effect.provideContext(context))
    const hardware = yield* Schema.decodeUnknownEffect(Hardware)(yield* read)
    expect(hardware.memory_free_bytes).toBeLessThanOrEqual(hardware.memory_total_bytes)
  })
)
