/** What a host kernel has found out about its machine when it booted: patched into the code once, constant afterwards. */

export interface Range {
  readonly base: number;
  readonly size: number;
}

/** Given by the board: addresses are physical. */
export interface BoardFacts {
  readonly ram: Range;
  readonly nativeText: Range;
  /** Memory-mapped devices that the host maps. */
  readonly devices: readonly Range[];
  readonly gic: 2 | 3;
  /** Frames of the interrupt controller; null where there is none. GICH: where the virtual interface is system registers. */
  readonly gicd: number;
  readonly gicc: number | null;
  readonly gich: number | null;
  readonly gicv: number | null;
  /** RD_base and SGI_base of each PE in turn. */
  readonly gicr: number | null;
  /** INTIDs of private interrupts: of the virtual interface, of the timers by name, and of the PMU. */
  readonly interrupts: { readonly maintenance: number; readonly virtualTimer: number; readonly physicalTimer: number; readonly hypTimer: number; readonly pmu: number };
}

/** What the host reads from the ID registers, beside what the board says. */
export interface HostFacts extends BoardFacts {
  readonly vhe: boolean;
  readonly ras: boolean;
  readonly pan: boolean;
  readonly fp: boolean;
  /** EL1 can be AArch32; the PE has PMUv3. */
  readonly aarch32El1: boolean;
  readonly pmu: boolean;
  /** Errata that the core needs a workaround for in the switch. */
  readonly erratum834220: boolean;
  /** List registers that the virtual interface has, and priority registers per group. */
  readonly lrCount: number;
  readonly aprCount: number;
  /** ID_AA64MMFR0_EL1.PARange, and whether VMIDs have 16 bits. */
  readonly paRange: number;
  readonly vmid16: boolean;
  /** Hardware updates of the access flag at stage 2. */
  readonly accessFlag: boolean;
  readonly midr: { readonly lo: number; readonly hi: number };
}
