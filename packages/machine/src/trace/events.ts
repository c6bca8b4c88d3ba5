/** What a trace tells: one flat record an event, as a JSON line of `--trace` has it. Values that can exceed 2^53 are `0x…` strings. */

export const TRACE_KINDS = ['exceptions', 'sysreg', 'mmio', 'gic', 'switch'] as const;
export type TraceKind = (typeof TRACE_KINDS)[number];

/** Where and when: the PE, the instructions that all PEs have retired before it, and the PE's virtual time in nanoseconds. */
export interface TraceStamp {
  readonly pe: number;
  readonly instruction: number;
  readonly ns: number;
}

export interface ExceptionEvent {
  readonly kind: 'exceptions';
  readonly event: 'exception';
  readonly from: number;
  readonly to: number;
  /** The name of ESR_ELx.EC, or `IRQ`, `FIQ`, `SError`. */
  readonly class: string;
  /** Preferred return address (ELR_ELx), and where the PE went. */
  readonly pc: string;
  readonly vector: string;
  /** ESR_ELx with its ISS by field, where the exception wrote it. */
  readonly esr?: string;
  readonly iss?: Readonly<Record<string, number | string>>;
  readonly far?: string;
  readonly hpfar?: string;
}

export interface ReturnEvent {
  readonly kind: 'exceptions';
  readonly event: 'return';
  readonly from: number;
  readonly to: number;
  readonly pc: string;
}

export interface RegisterEvent {
  readonly kind: 'sysreg';
  readonly event: 'read' | 'write';
  readonly register: string;
  /** The register that was reached, where it is another one (E2H redirection, `_EL12`). */
  readonly reached?: string;
  readonly value: string;
  readonly el: number;
  readonly pc: string;
}

export interface MmioEvent {
  readonly kind: 'mmio';
  readonly event: 'read' | 'write';
  /** Null: a hole of the address space. */
  readonly device: string | null;
  readonly address: string;
  readonly size: number;
  /** Null: a read that was aborted. */
  readonly value: string | null;
  readonly aborted?: true;
  readonly pc: string;
}

/** `input`, `output`: a line of a device or of a PE changed. `read`, `write`: software at a register of the GIC. */
export type GicEvent =
  | { readonly kind: 'gic'; readonly event: 'input'; readonly intid: number; readonly level: boolean }
  | { readonly kind: 'gic'; readonly event: 'output'; readonly line: 'IRQ' | 'FIQ' | 'vIRQ' | 'vFIQ'; readonly level: boolean }
  | { readonly kind: 'gic'; readonly event: 'read' | 'write'; readonly register: string; readonly value: string };

export interface SwitchEvent {
  readonly kind: 'switch';
  /** An edge of a phase of the world switch, by its name in `@worldswitch/hyp`. */
  readonly event: string;
}

export type TraceEvent = ExceptionEvent | ReturnEvent | RegisterEvent | MmioEvent | GicEvent | SwitchEvent;

/** What is to be traced, and who is told. */
export interface TraceDescription {
  readonly kinds: ReadonlySet<TraceKind>;
  readonly listener: (event: TraceEvent & TraceStamp) => void;
}
