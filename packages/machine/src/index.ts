/** `@worldswitch/machine`: boards. Describe one, make it, load an image, run it. */
export { DeviceBus, holeName, type MmioDevice, type Region } from './bus.ts';
export { Console, type ConsoleInput, type ConsoleListener } from './console.ts';
export { CostModel, eventsByName, type Cycles } from './cost.ts';
export { checkDescription, type ConfigResult, type DescriptionError, type MachineConfig, type MachineDescription } from './description.ts';
export { DebugMemory } from './debug/memory.ts';
export { createHypervised, GUEST_BASE, Hypervised, type HypervisedDescription, type HypervisedResult } from './hypervised.ts';
export type { Disk } from './devices/virtio/block.ts';
export { isLinuxImage } from './image/linux.ts';
export { type LoadedImage, type LoadError, type LoadResult } from './image/load.ts';
export type { LinuxBoot } from './image/boot.ts';
export { createMachine, Machine, type MachineResult, type RunLimits } from './machine.ts';
export { MEMORY_MAP, NATIVE_TEXT_SIZE } from './memory-map.ts';
export { benchmarkDigest, benchmarkGuest, benchmarkLacks, measureBenchmark, RUNNABLE_BENCHMARKS, type BenchmarkName, type BenchmarkRequest, type BenchmarkResult } from './measure/benchmark.ts';
export { FORMS, type Form } from './measure/forms.ts';
export { COUNT_NAMES, type CountName, type OperationCounts } from './measure/operation-counts.ts';
export { recordTimeline, type TimelineRequest } from './measure/record-timeline.ts';
export { TIMELINE_PHASES, type EntryKind, type Timeline, type TimelineEntry, type TimelineOperation, type TimelinePhase } from './measure/timeline.ts';
export { publishedElsewhere, publishedFor, PUBLISHED, type Published, type PublishedRow } from './measure/published.ts';
export { DEFAULT_PROFILE, measureLoadAndPut, measureRoundTrip, RUNNABLE_SCENARIOS, scenarioControllers, scenarioDigest, scenarioGuest, type LoadAndPut, type RoundTrip, type RoundTripRequest, type ScenarioName } from './measure/round-trip.ts';
export {
  benchmarkRow, CONTROLLERS, LADDER_SCENARIOS, measureBenchmarkRow, measureLadderRow, measureLoadPutRow, TRANSFER_COUNT_NAMES, type BenchmarkRow, type LadderRow, type LadderRowRequest, type LadderScenario, type LoadPutRow, type TransferCounts,
} from './measure/rows.ts';
export { MachinePe, type PeState } from './pe.ts';
export { OPERATION_KINDS, PRICES, softwarePrices, UNITS_PER_CYCLE, type Price, type PriceList, type PriceSource } from './prices.ts';
export { PROFILE_NAMES, PROFILES, type Profile, type ProfileName } from './profiles.ts';
export { Ram } from './ram.ts';
export { runData, type RunData } from './run-data.ts';
export { describeSnapshot, restoreMachine, saveMachine, type RestoreOptions, type RestoreResult, type SaveResult } from './snapshot/snapshot.ts';
export { type SavedDescription, type SavedDisk } from './snapshot/description.ts';
export { SeededBytes } from './seed.ts';
export { stopFor, type Stop, type StopDiagnostic, type StopReason } from './stop.ts';
export { PeClock, type ClockName } from './time/clock.ts';
export { CounterScale } from './time/scale.ts';
export * from './trace/events.ts';
