/**
 * One world switch as a timeline: everything that the hypervisor executes in the round trip that the ladder counts, and in the load and
 * put around an exit to user space, by phase, operation of the plan and instruction. Plain data: it crosses to a page as it is.
 */
import type { OperationCounts } from './operation-counts.ts';

/** What an instruction is, as the ladder tells them apart; `software`: a charge for host C code that is not executed; `guest`: the guest's own. */
export type EntryKind =
  | 'read' | 'write' | 'mmio-read' | 'mmio-write' | 'load' | 'store' | 'frame-load' | 'frame-store' | 'vector-load' | 'vector-store'
  | 'barrier' | 'maintenance' | 'call' | 'return' | 'move' | 'hint' | 'software' | 'guest';

export interface TimelineEntry {
  readonly kind: EntryKind;
  /** The instruction without its value: `MSR HCR_EL2`, `LDP x19, x20`, `ISB`. */
  readonly text: string;
  /** The register that the access names, of a system register or of a device; null for everything else. */
  readonly register: string | null;
  /** The register that was really reached, where it is another one (E2H redirection, `_EL12`); null where it is the same. */
  readonly reached: string | null;
  /** What was read or written, `0x…`; null where it is no single word. */
  readonly value: string | null;
  /** The exception that was taken on the way, `EL1 to EL2: HVC64`; null for none. */
  readonly exception: string | null;
  readonly cycles: number;
}

/** Phases of the switch, and the guest between `enter` and `exit`. */
export const TIMELINE_PHASES = ['load', 'flush', 'enter', 'guest', 'exit', 'sync', 'put'] as const;
export type TimelinePhase = (typeof TIMELINE_PHASES)[number];

export interface TimelineOperation {
  readonly phase: TimelinePhase;
  /** The role in the plan; null for code around the plan's operations. */
  readonly id: string | null;
  readonly variant: string;
  /** What it executes, in the plan's words. */
  readonly does: string;
  readonly cycles: number;
  readonly entries: readonly TimelineEntry[];
}

export interface Timeline {
  readonly operations: readonly TimelineOperation[];
  /** From flush to sync, as the ladder counts and prices it. */
  readonly counts: OperationCounts;
  readonly cycles: number;
  readonly load: OperationCounts;
  readonly put: OperationCounts;
}
