/** What the page asks of the worker that has the live machine, and what that tells by itself. Plain data. */
import type { FieldText } from '../protocol.ts';

/** The guest: ours, or what the user has given. */
export interface StartQuery {
  readonly machine: string;
  /** The host's mode where the guest is one of our hypervisor; `none`: it has the machine to itself. */
  readonly hypervisor: 'none' | 'vhe' | 'nvhe';
  readonly steps: string;
  readonly image: { readonly name: string; readonly bytes: Uint8Array; readonly initrd: Uint8Array | null; readonly commandLine: string } | null;
}

export type Drive = 'run' | 'pause' | 'step' | 'exit';

export interface MachineStatus {
  /** What runs, in a line. */
  readonly title: string;
  readonly isRunning: boolean;
  /** Why it has stopped for good; null while it may go on. */
  readonly end: string | null;
  readonly instructions: number;
  /** Millions of instructions a second of the host, of late. */
  readonly mips: number;
  readonly virtualSeconds: number;
  readonly el: number;
  readonly pc: string;
  /** The instruction there. */
  readonly text: string;
  readonly exits: Readonly<Record<string, number>> | null;
}

export interface NamedValue {
  readonly name: string;
  readonly value: string;
}

export interface ListRegister extends NamedValue {
  readonly fields: readonly FieldText[];
}

/** An interrupt of the guest that is not idle, as the hypervisor's distributor has it. */
export interface GuestInterrupt {
  readonly intid: number;
  readonly isPending: boolean;
  readonly isActive: boolean;
  readonly isEnabled: boolean;
  readonly priority: number;
  /** Where it is delivered, and the vCPU whose ap_list has it; null for none. */
  readonly target: number | null;
  readonly listed: number | null;
  /** The physical interrupt behind it; null for none. */
  readonly physical: number | null;
}

export interface Inspection {
  readonly general: readonly NamedValue[];
  readonly system: readonly NamedValue[];
  readonly listRegisters: readonly ListRegister[];
  /** INTIDs that are pending at the physical interrupt controller. */
  readonly pending: readonly number[];
  /** Null: the software has the machine to itself. */
  readonly guestInterrupts: readonly GuestInterrupt[] | null;
  readonly e2h: boolean;
}

export interface WalkStepText {
  readonly stage: 1 | 2;
  readonly level: number;
  readonly address: string;
  readonly descriptor: string;
  readonly kind: 'table' | 'block' | 'page' | 'invalid';
  readonly fields: string;
}

export interface WalkText {
  readonly address: string;
  readonly regime: string;
  readonly steps: readonly WalkStepText[];
  /** The physical address, or the fault. */
  readonly result: string;
}

export interface LogLine {
  readonly number: number;
  readonly nanoseconds: number;
  readonly text: string;
}

export interface MachineCalls {
  /** Makes a machine in place of the one before, which stays where that fails. */
  start(query: StartQuery): Promise<MachineStatus>;
  drive(query: { readonly what: Drive }): MachineStatus;
  type(query: { readonly bytes: Uint8Array }): undefined;
  /** Registers with `find` in their names, or those that matter most. */
  inspect(query: { readonly find: string }): Inspection | null;
  walk(query: { readonly address: string }): WalkText | null;
}

export interface MachineEvents {
  readonly console: Uint8Array;
  readonly status: MachineStatus;
  readonly log: readonly LogLine[];
}
