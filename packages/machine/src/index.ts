/** `@worldswitch/machine`: boards. Describe one, make it, load an image, run it. */
export { DeviceBus, type MmioDevice, type Region } from './bus.ts';
export { Console, type ConsoleListener } from './console.ts';
export { CostModel, eventsByName, type Cycles } from './cost.ts';
export { checkDescription, type ConfigResult, type DescriptionError, type MachineConfig, type MachineDescription } from './description.ts';
export { type LoadedImage, type LoadError, type LoadResult } from './image/load.ts';
export { createMachine, Machine, type MachineResult, type RunLimits } from './machine.ts';
export { MEMORY_MAP, NATIVE_TEXT_SIZE } from './memory-map.ts';
export { MachinePe, type PeState } from './pe.ts';
export { PRICES, UNITS_PER_CYCLE, type Price, type PriceList, type PriceSource } from './prices.ts';
export { PROFILE_NAMES, PROFILES, type Profile, type ProfileName } from './profiles.ts';
export { Ram } from './ram.ts';
export { runData, type RunData } from './run-data.ts';
export { DigestBuilder } from './state/digest.ts';
export { Sha256 } from './state/sha256.ts';
export { stopFor, type Stop, type StopDiagnostic, type StopReason } from './stop.ts';
export { PeClock, type ClockName } from './time/clock.ts';
export { CounterScale } from './time/scale.ts';
