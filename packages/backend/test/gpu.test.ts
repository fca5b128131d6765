import { expect, test } from "bun:test"
import { readFileSync } from "node:fs"
import { Hardware } from "@infernet/contract/Node"
import { it } from "@infernet/testing/harness"
import * as NodeServices from "@effect/platform-node/NodeServices"
import { Effect, Fiber, Latch, Layer, PlatformError, Schema, Sink, Stream } from "effect"
import { ChildProcessSpawner } from "effect/process"
import { TestClock } from "effect/testing"
import * as amd from "../src/gpu/amd.ts"
import * as apple from "../src/gpu/apple.ts"
import * as nvidia from "../src/gpu/nvidia.ts"
import * as nvidiaMig from "../src/gpu/nvidiaMig.ts"
import * as Gpu from "../src/Gpu.ts"
import { HardwareReadings } from "../src/Hardware.ts"

const MiB = 2 ** 20
const GiB = 2 ** 30

const recording = (name: string) =>
  readFileSync(Bun.fileURLToPath(new URL(`./recordings/gpu/${name}`, import.meta.url)), "utf8")

const rtx = { vendor: "nvidia" as const, name: "NVIDIA GeForce RTX 4090", memory_total_bytes: 24564 * MiB }

test("reads every GPU that nvidia-smi lists, and leaves out what it cannot tell", () => {
  expect(nvidia.parse(recording("nvidia.csv"), 128 * GiB)).toEqual([
    {
      ...rtx,
      index: 0,
      memory_used_bytes: GiB,
      utilization: 0.37,
      temperature_celsius: 51,
      driver: "570.86.15"
    },
    {
      ...rtx,
      index: 1,
      memory_used_bytes: 23110 * MiB,
      utilization: 1,
      temperature_celsius: 78,
      driver: "570.86.15"
    },
    {
      index: 2,
      vendor: "nvidia",
      name: "Tesla K80",
      memory_total_bytes: 11441 * MiB,
      memory_used_bytes: 0,
      driver: "470.256.02"
    }
    // The fourth is lost: it has fallen off its bus.
  ])
})

test("gives GPUs that share the machine's memory the machine's, and no others", () => {
  expect(nvidia.parse(recording("nvidia-gb10.csv"), 128 * GiB)).toEqual([
    {
      index: 0,
      vendor: "nvidia",
      name: "NVIDIA GB10",
      memory_total_bytes: 128 * GiB,
      utilization: 0.05,
      temperature_celsius: 40,
      driver: "580.95.05"
    }
  ])
  expect(nvidia.parse(recording("nvidia-jetson.csv"), 8 * GiB)).toEqual([
    { index: 0, vendor: "nvidia", name: "Orin (nvgpu)", memory_total_bytes: 8 * GiB }
  ])
  // Not ours to ask is not shared: a container's machine may have a terabyte.
  expect(nvidia.parse(recording("nvidia-mig.csv"), 1024 * GiB)).toEqual([])
})

test("takes each part of a split GPU for a GPU", () => {
  const split = (name: string) => nvidia.mayBeSplit(recording(name))
  expect([split("nvidia-mig.csv"), split("nvidia-gb10.csv"), split("nvidia-jetson.csv")]).toEqual([true, false, false])
  const a100 = { vendor: "nvidia" as const, name: "NVIDIA A100-SXM4-80GB", driver: "535.161.08" }
  expect(nvidiaMig.parse(recording("nvidia-mig.xml"))).toEqual([
    {
      ...a100,
      index: 0,
      name: "NVIDIA A100-SXM4-80GB MIG 0",
      memory_total_bytes: 40192 * MiB,
      memory_used_bytes: 37 * MiB,
      temperature_celsius: 47
    },
    {
      ...a100,
      index: 1,
      name: "NVIDIA A100-SXM4-80GB MIG 1",
      memory_total_bytes: 20096 * MiB,
      temperature_celsius: 47
    },
    {
      ...a100,
      index: 2,
      memory_total_bytes: 81920 * MiB,
      memory_used_bytes: 512 * MiB,
      utilization: 0.12,
      temperature_celsius: 33
    }
    // The third is split and has no part of ours.
  ])
})

test("finds no GPU in the tools' complaints", () => {
  for (const text of [
    "",
    "\n",
    "NVIDIA-SMI has failed because it couldn't communicate with the NVIDIA driver.",
    "No devices were found",
    "Failed to initialize NVML: Driver/library version mismatch\nNVML library version: 535.161",
    'Field "memory.total" is not a valid field to query.',
    "WARNING: No JSON data to report",
    "ERROR:root:Driver not initialized (amdgpu not found in modules)",
    "<nvidia_smi_log></nvidia_smi_log>",
    "{}",
    "[1]",
    '{"card0": "N/A", "gpu_data": [{"gpu": 0}]}'
  ]) {
    const found = [nvidia.parse(text, 1), nvidiaMig.parse(text), amd.parseRocm(text), amd.parseAmd(text, text)]
    expect([text, ...found, apple.parse(text, 1)]).toEqual([text, [], [], [], [], []])
  }
})

test("reads rocm-smi, whose keys change their case and whose numbers are text", () => {
  expect(amd.parseRocm(recording("rocm-6.json"))).toEqual([
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
    // Built into the processor beside a card: what it could borrow of the machine is not counted.
    {
      index: 1,
      vendor: "amd",
      name: "Raphael",
      memory_total_bytes: 67108864,
      memory_used_bytes: 26079232,
      temperature_celsius: 39,
      driver: "6.7.0"
    }
  ])
  expect(amd.parseRocm(recording("rocm-5.json"))).toEqual([
    {
      index: 0,
      vendor: "amd",
      name: "Radeon RX 7900 XTX",
      memory_total_bytes: 25753026560,
      memory_used_bytes: 17039360,
      utilization: 0.71,
      temperature_celsius: 39,
      driver: "5.18.13"
    }
  ])
  expect(amd.parseRocm(recording("rocm-strix-halo.json"))).toEqual([
    {
      index: 0,
      vendor: "amd",
      name: "Radeon 8060S Graphics",
      memory_total_bytes: 96 * GiB,
      memory_used_bytes: GiB,
      utilization: 0,
      temperature_celsius: 31,
      driver: "6.16.0"
    }
  ])
})

test("reads amd-smi in the form of old and new releases", () => {
  expect(amd.parseAmd(recording("amd-static-6.json"), recording("amd-metric-6.json"))).toEqual([
    {
      index: 0,
      vendor: "amd",
      name: "AMD Radeon PRO W7700",
      memory_total_bytes: 16368 * MiB,
      memory_used_bytes: 14569 * MiB,
      utilization: 0.42,
      temperature_celsius: 40,
      driver: "6.10.5"
    }
  ])
  expect(amd.parseAmd(recording("amd-static-7.json"), recording("amd-metric-7.json"))).toEqual([
    {
      index: 0,
      vendor: "amd",
      name: "AMD Instinct MI355X",
      memory_total_bytes: 294896 * MiB,
      memory_used_bytes: 283 * MiB,
      utilization: 0.4,
      temperature_celsius: 36,
      driver: "6.16.6"
    },
    {
      index: 1,
      vendor: "amd",
      name: "AMD Radeon 8060S Graphics",
      memory_total_bytes: 96 * GiB,
      memory_used_bytes: GiB,
      temperature_celsius: 31
    }
  ])
})

test("reads Apple's accelerator, which shares the machine's memory, and no other", () => {
  expect(apple.parse(recording("apple.txt"), 16 * GiB)).toEqual([
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

/** A machine whose tools are these; any other is not installed. Counts what was started. */
const machine = (tools: Record<string, () => Stream.Stream<string>>) => {
  const started: Array<string> = []
  const spawner = ChildProcessSpawner.make((command) => {
    const [name, ...args] = command._tag === "StandardCommand" ? [command.command, ...command.args.map(String)] : []
    const tool = tools[`${name} ${args[0]}`] ?? tools[String(name)]
    if (tool === undefined) {
      const missing = { _tag: "NotFound", module: "ChildProcess", method: "spawn" } as const
      return Effect.fail(PlatformError.systemError(missing))
    }
    started.push(String(name))
    return Effect.succeed(
      ChildProcessSpawner.makeHandle({
        pid: ChildProcessSpawner.ProcessId(1),
        exitCode: Effect.succeed(ChildProcessSpawner.ExitCode(0)),
        isRunning: Effect.succeed(false),
        kill: () => Effect.void,
        stdin: Sink.drain,
        stdout: Stream.encodeText(tool()),
        stderr: Stream.empty,
        all: Stream.empty,
        getInputFd: () => Sink.drain,
        getOutputFd: () => Stream.empty,
        unref: Effect.succeed(Effect.void)
      })
    )
  })
  const reader = Gpu.reader("linux", 128 * GiB).pipe(
    Effect.provideService(ChildProcessSpawner.ChildProcessSpawner, spawner)
  )
  return { started, spawner, reader }
}
const t4 = "0, NVIDIA T4, 15360, 7680, 50, 30, 570.1\n"

it("keeps to the first tool that lists GPUs, and on a machine without tools starts nothing", () =>
  Effect.gen(function* () {
    const none = machine({})
    const read = yield* none.reader
    expect([yield* read, yield* read, none.started]).toEqual([[], [], []])
    const amds = machine({
      "nvidia-smi": () => Stream.make("No devices were found"),
      "amd-smi static": () => Stream.make(recording("amd-static-6.json")),
      "amd-smi metric": () => Stream.make(recording("amd-metric-6.json"))
    })
    const readAmd = yield* amds.reader
    expect((yield* readAmd).map(({ name }) => name)).toEqual(["AMD Radeon PRO W7700"])
    expect(amds.started).toEqual(["nvidia-smi", "amd-smi", "amd-smi"])
    yield* readAmd
    expect(amds.started.slice(3)).toEqual(["amd-smi"])
    const split = machine({
      "nvidia-smi -q": () => Stream.make(recording("nvidia-mig.xml")),
      "nvidia-smi": () => Stream.make(recording("nvidia-mig.csv"))
    })
    expect(yield* Effect.flatten(split.reader)).toHaveLength(3)
  }))

it("looks again a minute later where a driver is not up yet", () =>
  Effect.gen(function* () {
    let says = "NVIDIA-SMI has failed because it couldn't communicate with the NVIDIA driver."
    const { reader, started } = machine({ "nvidia-smi": () => Stream.make(says) })
    const read = yield* reader
    expect(yield* read).toEqual([])
    says = t4
    expect([yield* read, started.length]).toEqual([[], 1])
    yield* TestClock.adjust("1 minute")
    expect((yield* read).map(({ name }) => name)).toEqual(["NVIDIA T4"])
  }))

it("is not held up by a tool that hangs, starts no second one, and tells what does not change", () =>
  Effect.gen(function* () {
    const wedged = yield* Latch.make()
    let hangs = false
    const { reader, started } = machine({
      "nvidia-smi": () =>
        // As in a driver that no signal reaches: its end waits for the process's, whoever interrupts it.
        hangs ? Stream.fromEffect(Effect.uninterruptible(wedged.await)).pipe(Stream.as(t4)) : Stream.make(t4)
    })
    const read = yield* reader
    expect((yield* read)[0]).toMatchObject({ memory_used_bytes: 7680 * MiB, utilization: 0.5 })
    hangs = true
    const reading = yield* Effect.forkChild(read, { startImmediately: true })
    yield* TestClock.adjust("5 seconds")
    const standing = [
      { index: 0, vendor: "nvidia" as const, name: "NVIDIA T4", memory_total_bytes: 15360 * MiB, driver: "570.1" }
    ]
    expect(yield* Fiber.join(reading)).toEqual(standing)
    expect([yield* read, started.length]).toEqual([standing, 2])
    hangs = false
    yield* wedged.open
    yield* TestClock.adjust("1 second")
    expect((yield* read)[0]).toMatchObject({ utilization: 0.5 })
  }))

it("starts one process in ten seconds, however often it is asked", () =>
  Effect.gen(function* () {
    const { spawner, started } = machine({
      "nvidia-smi": () => Stream.make(t4),
      ioreg: () => Stream.make(recording("apple.txt"))
    })
    const context = yield* Layer.build(
      HardwareReadings.layer.pipe(Layer.provide(Layer.succeed(ChildProcessSpawner.ChildProcessSpawner, spawner)))
    )
    const { read } = yield* HardwareReadings.pipe(Effect.provideContext(context))
    const readings = yield* Effect.all([read, read, read], { concurrency: "unbounded" })
    expect(readings.map(({ gpus }) => gpus.length)).toEqual([1, 1, 1])
    yield* read
    expect(started).toHaveLength(1)
    yield* TestClock.adjust("11 seconds")
    yield* read
    expect(started).toHaveLength(2)
  }))

it.live("describes this machine in the contract's terms", () =>
  Effect.gen(function* () {
    const context = yield* Layer.build(HardwareReadings.layer.pipe(Layer.provide(NodeServices.layer)))
    const { read } = yield* HardwareReadings.pipe(Effect.provideContext(context))
    const hardware = yield* Schema.decodeUnknownEffect(Hardware)(yield* read)
    expect(hardware.memory_free_bytes).toBeLessThanOrEqual(hardware.memory_total_bytes)
  })
)
