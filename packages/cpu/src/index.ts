/**
 * `@worldswitch/cpu`: the AArch64 core, EL0 to EL2 with VHE. The architecture as tables is `@worldswitch/cpu/arch`.
 * What is published of a class leaves out its members marked `@internal` (docs/decisions/0006).
 */
export { ArgumentError } from './argument-error.ts';
export * from './core.ts';
export * from './cores.ts';
export * from './create.ts';
export { machineMemory, type WasmMemory } from './emit/web-assembly.ts';
export { type CodeCache, type CodeStatistics } from './engine/code-cache.ts';
export { createTranslation, type Tiers } from './engine/translation.ts';
export { type MemoryPlan, mostRam, planMemory } from './engine/layout.ts';
export * from './invariant.ts';
export { type StoreWatcher } from './mem/access.ts';
export { type TlbiScope } from './mem/maintenance.ts';
export { type RamRegion } from './mem/physical.ts';
export { HostRam } from './mem/ram.ts';
export * from './port/counters.ts';
export * from './port/native-text.ts';
export * from './port/software-port.ts';
export * from './ports.ts';
export { isImplemented } from './sem/index.ts';
export { type Hash, readSections, restoreParts, saveParts, sectionReader, type SectionReader, type Sections, type SectionWriter, SnapshotError, type SnapshotPart } from './snapshot/format.ts';
export { ramPart, type RamPartOptions } from './snapshot/ram.ts';
export { StandaloneCpu } from './standalone.ts';
export { CpuState } from './state/cpu-state.ts';
export { DigestBuilder } from './state/digest.ts';
export { DirtyPages } from './state/dirty-pages.ts';
export { RamDigest } from './state/ram-digest.ts';
export { Sha256 } from './state/sha256.ts';
export { visitPeState } from './state/visit.ts';
export { DigestVisitor, statePart, type StateVisitor } from './state/visitor.ts';
