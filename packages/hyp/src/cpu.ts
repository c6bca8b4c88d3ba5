/**
 * One PE as the hypervisor works on it: its port, the host's facts, the register lists under the names of this mode, and
 * where things lie. The two vCPU references stand for pointers that the code also has in memory or registers; they select
 * plans, and are never a substitute for a load.
 */
import {
  CNTV_CTL_EL0, CNTV_CVAL_EL0, ELR_EL2, ESR_EL2, FAR_EL2, SPSR_EL2, VBAR_EL2, CPTR_EL2, ICH_AP0Rn_EL2, ICH_AP1Rn_EL2, ICH_LRn_EL2, DBGBCRn_EL1, DBGBVRn_EL1,
  DBGWCRn_EL1, DBGWVRn_EL1, type AnyRegister,
} from '@worldswitch/cpu/arch';
import type { NativeOutcome, RegisterList, SoftwarePort } from '@worldswitch/cpu';
import { K_SCRATCH, type Word64 } from './cells.ts';
import { REGISTER_LISTS, registerList, type ListName } from './context.ts';
import type { HostFacts } from './host/facts.ts';
import type { SoftTimer } from './host/soft-timer.ts';
import type { HypFunction, Mode } from './switch/mode.ts';
import type { Edge } from './observer.ts';
import type { Vcpu } from './vcpu.ts';
import type { Vm } from './vm.ts';

/** What the vector was for. */
export const SYNC = 0;
export const IRQ = 1;
export const SERROR = 2;
export type ExitKind = typeof SYNC | typeof IRQ | typeof SERROR;

/** How an operation of the first part of an exit ends. */
export const CONTINUE = 0;
/** Enter the guest again with its registers loaded anew: the exit was completed at EL2. */
export const REENTER = 1;
/** The operation has made its ERET into the guest. */
export const ENTERED = 2;
export type Disposition = typeof CONTINUE | typeof REENTER | typeof ENTERED;

/** Places in native text, by physical address. */
export interface Labels {
  /** The HVC of the host's hyp call. */
  readonly hypCall: number;
  /** The SVC of the VMM. */
  readonly user: number;
  readonly guestEnter: number;
  readonly guestExit: number;
  /** The instruction after which a pending SError is the guest's exit code, and the end of that window. */
  readonly serrorWindowStart: number;
  readonly serrorWindowEnd: number;
  /** The C code of the switch behind that window. */
  readonly switchBody: number;
  /** Where the caller of the VHE switch goes on after a guest run. */
  readonly guestReturned: number;
  /** Hyp functions by name; non-VHE calls them by address. */
  readonly hypFunctions: ReadonlyMap<HypFunction, number>;
}

/** Register keys that depend on the mode's names, and families as arrays. */
export interface Keys {
  readonly elr: number;
  readonly spsr: number;
  readonly esr: number;
  readonly far: number;
  readonly vbar: number;
  readonly cptr: number;
  readonly cntvCtl: number;
  readonly cntvCval: number;
}

const family = (rows: readonly AnyRegister[]): Int32Array => Int32Array.from(rows, ({ key }) => key);

/** Register families by number. */
export const FAMILIES = {
  lr: family(ICH_LRn_EL2),
  ap0r: family(ICH_AP0Rn_EL2),
  ap1r: family(ICH_AP1Rn_EL2),
  bcr: family(DBGBCRn_EL1),
  bvr: family(DBGBVRn_EL1),
  wcr: family(DBGWCRn_EL1),
  wvr: family(DBGWVRn_EL1),
} as const;

export interface CpuSetup {
  readonly port: SoftwarePort;
  readonly facts: HostFacts;
  readonly mode: Mode;
  readonly labels: Labels;
  /** MPIDR_EL1. */
  readonly mpidr: bigint;
  /** The per-CPU area, a kernel address. */
  readonly perCpu: Word64;
  /** The address that TPIDR_EL2 is added to for this PE's host context, as code of the switch addresses it. */
  readonly hostContextSymbol: Word64;
  /** What TPIDR_EL2 holds, but while a guest of an older kernel's switch runs. */
  readonly perCpuOffset: Word64;
  /** The GICH frame as the kernel maps it; null with a GICv3. */
  readonly gich: Word64 | null;
  /** VBAR_EL2 while a guest runs, and while the host does (VHE). */
  readonly hypVectors: Word64;
  readonly hostVectors: Word64;
  /** Told the edges of phases, for those who read counters there. */
  readonly observe: ((edge: Edge) => void) | null;
}

export class Cpu {
  readonly port: SoftwarePort;
  readonly cells: Uint32Array;
  readonly facts: HostFacts;
  readonly mode: Mode;
  readonly labels: Labels;
  readonly mpidr: bigint;
  readonly perCpu: Word64;
  readonly hostContextSymbol: Word64;
  readonly perCpuOffset: Word64;
  readonly gich: Word64 | null;
  readonly hypVectors: Word64;
  readonly hostVectors: Word64;
  readonly observe: ((edge: Edge) => void) | null;
  readonly keys: Keys;
  readonly lists: Readonly<Record<ListName, RegisterList>>;
  /** The vCPU that the thread at work is for. */
  vcpu: Vcpu | null = null;
  /** The one whose state may be in hardware, and whose interrupts come here: what the per-CPU area notes. */
  loaded: Vcpu | null = null;
  /** The VM whose VMM's address space is in TTBR0; null until a thread was switched to. */
  mm: Vm | null = null;
  /** The vCPU that is in the guest, or on its way in or out: between the store and the last use of `RUNNING_VCPU`. */
  running: Vcpu | null = null;
  exitKind: ExitKind = SYNC;
  disposition: Disposition = CONTINUE;
  /** Two cells for code that runs in the kernel and in interrupts alike: those of whichever it is. */
  scratch = K_SCRATCH;
  /** Timers of the kernel that are armed here. */
  readonly softTimers: SoftTimer[] = [];
  /** The operation of a plan that runs, or ran last: a panic names it. */
  operation: ((cpu: Cpu) => void) | null = null;
  /** SPSR_EL2, ELR_EL2 and PAR_EL1 as a panic found them. */
  readonly panicState = new Uint32Array(6);
  /** What the last ERET towards the guest came to. */
  outcome: NativeOutcome = 'returned';

  constructor(setup: CpuSetup) {
    this.port = setup.port;
    this.cells = setup.port.cells;
    this.facts = setup.facts;
    this.mode = setup.mode;
    this.labels = setup.labels;
    this.mpidr = setup.mpidr;
    this.perCpu = setup.perCpu;
    this.hostContextSymbol = setup.hostContextSymbol;
    this.perCpuOffset = setup.perCpuOffset;
    this.gich = setup.gich;
    this.hypVectors = setup.hypVectors;
    this.hostVectors = setup.hostVectors;
    this.observe = setup.observe;
    const { names } = setup.mode;
    const el2 = (register: AnyRegister): number => names.name(register, 'el2').key;
    this.keys = {
      elr: el2(ELR_EL2),
      spsr: el2(SPSR_EL2),
      esr: el2(ESR_EL2),
      far: el2(FAR_EL2),
      vbar: el2(VBAR_EL2),
      cptr: el2(CPTR_EL2),
      cntvCtl: names.name(CNTV_CTL_EL0, 'el0').key,
      cntvCval: names.name(CNTV_CVAL_EL0, 'el0').key,
    };
    const lists = Object.entries(REGISTER_LISTS).map(([name, registers]) => [name, registerList(registers, names, setup.facts.ras)]);
    this.lists = Object.fromEntries(lists) as Record<ListName, RegisterList>;
  }
}
