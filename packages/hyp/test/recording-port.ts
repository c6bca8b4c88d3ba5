/**
 * A test double of the software port: registers, memory and frames as maps, every operation recorded and counted by the
 * conventions of section 4.41, and a guest that is a script of exits. It knows E2H redirection, EL checks, HVC, SVC and
 * ERET as far as a host and a switch meet them, and no translation: kernel and hyp addresses are one memory by their low
 * bits. The core is the real thing; this is for tests of the hypervisor alone.
 */
import {
  CNTHCTL_EL2, CPTR_EL2, E2H_REDIRECTIONS, ELR_EL1, ELR_EL2, ESR_EL1, ESR_EL2, FAR_EL2, HCR_EL2, HPFAR_EL2, HSTR_EL2, ICH_ELRSR_EL2, ICH_VTR_EL2, ID_AA64DFR0_EL1,
  ID_AA64MMFR0_EL1, ID_AA64MMFR1_EL1, ID_AA64PFR0_EL1, MDCR_EL2, MIDR_EL1, PMCR_EL0, PMUSERENR_EL0, SP_EL0, SP_EL1, SPSR_EL1, SPSR_EL2, svcSyndrome, hvcSyndrome, SYSTEM_REGISTERS,
  VBAR_EL1, VBAR_EL2,
} from '@worldswitch/cpu/arch';
import type { GuestOutcome, HostMemory, NativeOutcome, NativeRoutine, NativeText, SoftwarePort, SoftwareTally } from '@worldswitch/cpu';
import { SP_BASE, X_BASE } from '../src/cells.ts';
import { SingleOperations } from '../src/single-operations.ts';

const MASK_64 = 0xffff_ffff_ffff_ffffn;
const TEXT_BASE = 0x0b00_0000;
const TEXT_BYTES = 0x20_0000;
const RAM_BASE = 0x4000_0000;
const RAM_BYTES = 0x400_0000;
const GICH_BASE = 0x0803_0000;

/** What {@link RecordingPort} counts, as `ladder` names it. */
export interface Counts {
  reads: number;
  writes: number;
  mmioReads: number;
  mmioWrites: number;
  isb: number;
  dsb: number;
  exceptionsToEl2: number;
  erets: number;
  hvcs: number;
  trapConfigWrites: number;
  frameWordsStored: number;
  frameWordsLoaded: number;
}

export const noCounts = (): Counts => ({
  reads: 0, writes: 0, mmioReads: 0, mmioWrites: 0, isb: 0, dsb: 0, exceptionsToEl2: 0, erets: 0, hvcs: 0, trapConfigWrites: 0, frameWordsStored: 0, frameWordsLoaded: 0,
});

export function countsBetween(earlier: Counts, later: Counts): Counts {
  return Object.fromEntries(Object.entries(later).map(([name, value]) => [name, value - earlier[name as keyof Counts]])) as unknown as Counts;
}

/** One exception of the guest to EL2. */
export interface GuestExit {
  readonly kind: 'sync' | 'irq' | 'serror';
  readonly esr?: number;
  readonly far?: bigint;
  readonly hpfar?: bigint;
  /** The preferred return address is behind the instruction. */
  readonly behind?: boolean;
}

const UNCOUNTED = new Set(['DAIF', 'PAN', 'CurrentEL', 'SPSel'].map((name) => SYSTEM_REGISTERS.byName(name)?.key));
const TRAP_CONFIGURATION = new Set([HCR_EL2, HSTR_EL2, PMUSERENR_EL0, MDCR_EL2, CPTR_EL2, CNTHCTL_EL2].map(({ key }) => key));
const REDIRECTED = new Map(E2H_REDIRECTIONS.map(({ from, to }) => [from.key, to.key]));
const ALIASES = new Map(E2H_REDIRECTIONS.map(({ alias, from }) => [alias.key, from.key]));

export class RecordingText implements NativeText {
  readonly routines = new Map<number, NativeRoutine>();
  readonly names = new Map<number, string>();
  #next = TEXT_BASE;

  place(name: string, routine?: NativeRoutine): number {
    const address = this.#next;
    this.#next += 8;
    this.names.set(address, name);
    if (routine !== undefined) this.routines.set(address, routine);
    return address;
  }

  placeVectors(name: string, slots: readonly (NativeRoutine | null)[]): number {
    const base = Math.ceil(this.#next / 0x800) * 0x800;
    this.#next = base + 0x800;
    slots.forEach((routine, slot) => {
      this.names.set(base + 0x80 * slot, name);
      if (routine !== null) this.routines.set(base + 0x80 * slot, routine);
    });
    return base;
  }
}

export class RecordingMemory implements HostMemory {
  #next = RAM_BASE;

  allocate(size: number, align: number): number {
    const address = Math.ceil(this.#next / align) * align;
    this.#next = address + size;
    return address;
  }
}

interface Frame {
  readonly pc: bigint;
  readonly el: number;
}

export class RecordingPort extends SingleOperations implements SoftwarePort {
  readonly pe = 0;
  readonly cells = new Uint32Array(128);
  /** By the key of the register really accessed. */
  readonly registers = new Map<number, bigint>();
  readonly x = new BigUint64Array(31);
  readonly sp = new BigUint64Array(3);
  readonly words = new Map<number, bigint>();
  readonly counts = noCounts();
  /** Every operation, `MRS`, `MSR` and the like with the register's own name; null while not recording. */
  log: string[] | null = null;
  el = 2;
  pc = BigInt(TEXT_BASE);
  daif = 0xfn;
  /** Called each time the guest is about to run, with the machine guest-shaped. */
  onGuest: (() => void) | null = null;
  /** Called before each operation at a label, so that a test can interrupt there. */
  onOperation: (() => void) | null = null;
  readonly script: GuestExit[] = [];
  readonly charged = new Map<string, number>();
  readonly #text: RecordingText;
  readonly #frames: Frame[] = [];
  #departure: 'returned' | 'in-guest' | null = null;

  constructor(text: RecordingText) {
    super();
    this.#text = text;
    this.set(ID_AA64PFR0_EL1, 0x0000_0000_0000_2222n);
    this.set(ID_AA64MMFR0_EL1, ID_AA64MMFR0_EL1.of({ PARange: 5 }));
    this.set(ID_AA64MMFR1_EL1, ID_AA64MMFR1_EL1.of({ VH: 1, VMIDBits: 2, PAN: 1 }));
    this.set(ID_AA64DFR0_EL1, ID_AA64DFR0_EL1.of({ BRPs: 5, WRPs: 3 }));
    this.set(MIDR_EL1, 0x000f_0000n);
    this.set(PMCR_EL0, PMCR_EL0.of({ N: 6 }));
    this.set(ICH_VTR_EL2, ICH_VTR_EL2.of({ PREbits: 4, PRIbits: 4, ListRegs: 3 }));
    this.words.set(GICH_BASE, BigInt(0x9000_0003) << 32n);
  }

  // ---- Registers ----

  get(register: { readonly key: number }): bigint {
    return this.registers.get(register.key) ?? 0n;
  }

  set(register: { readonly key: number }, value: bigint): void {
    this.registers.set(register.key, value);
  }

  get e2h(): boolean {
    return HCR_EL2.E2H.is(this.get(HCR_EL2));
  }

  /** The register that an access at this EL reaches; throws where the architecture makes it UNDEFINED. */
  #reach(key: number): number {
    const row = SYSTEM_REGISTERS.byKey(key);
    const name = row?.name ?? key.toString(16);
    if (row === undefined || row.status === 'named') throw new Error(`${name} is UNDEFINED`);
    if (row.accessAt(this.el as 0 | 1 | 2) === '-') throw new Error(`${name} is UNDEFINED at EL${this.el}`);
    const alias = ALIASES.get(key);
    if (alias !== undefined) {
      if (!this.e2h) throw new Error(`${name} is UNDEFINED while E2H is 0`);
      return alias;
    }
    return this.el === 2 && this.e2h ? (REDIRECTED.get(key) ?? key) : key;
  }

  #note(operation: string, key = -1): void {
    this.onOperation?.();
    if (this.log !== null) this.log.push(key < 0 ? operation : `${operation} ${SYSTEM_REGISTERS.byKey(key)?.name ?? '?'}`);
  }

  mrs(cell: number, register: number): void {
    const key = this.#reach(register);
    this.#note('MRS', key);
    if (!UNCOUNTED.has(key)) this.counts.reads++;
    this.#toCell(cell, this.#readRegister(key));
  }

  #readRegister(key: number): bigint {
    if (key === SP_EL0.key) return this.sp[0]!;
    if (key === SP_EL1.key) return this.sp[1]!;
    return this.registers.get(key) ?? 0n;
  }

  msr(register: number, cell: number): void {
    const key = this.#reach(register);
    this.#note('MSR', key);
    if (!UNCOUNTED.has(key)) this.counts.writes++;
    if (TRAP_CONFIGURATION.has(key)) this.counts.trapConfigWrites++;
    const value = this.#cell(cell);
    if (key === SP_EL0.key) this.sp[0] = value;
    else if (key === SP_EL1.key) this.sp[1] = value;
    else this.registers.set(key, value);
  }

  msrImm(field: number, imm: number): void {
    this.#note(`MSR #${field},${imm}`);
    if (field === ((3 << 3) | 6)) this.daif |= BigInt(imm);
    if (field === ((3 << 3) | 7)) this.daif &= ~BigInt(imm);
  }

  #cell(cell: number): bigint {
    return (BigInt(this.cells[2 * cell + 1]!) << 32n) | BigInt(this.cells[2 * cell]!);
  }

  #toCell(cell: number, value: bigint): void {
    this.cells[2 * cell] = Number(value & 0xffff_ffffn);
    this.cells[2 * cell + 1] = Number(value >> 32n);
  }

  // ---- Memory ----

  #address(base: number, offset: number): number {
    const value = base === SP_BASE ? this.sp[this.el]! : base >= X_BASE ? this.x[base - X_BASE]! : this.#cell(base);
    return Number((value + BigInt(offset)) & 0x7fff_ffff_ffffn);
  }

  #isDevice(address: number): boolean {
    return address < TEXT_BASE;
  }

  #load(base: number, offset: number): bigint {
    const address = this.#address(base, offset);
    if (address < 0x0800_0000) throw new Error(`load from 0x${address.toString(16)}`);
    return this.words.get(address) ?? 0n;
  }

  #store(base: number, offset: number, value: bigint): void {
    const address = this.#address(base, offset);
    if (address < 0x0800_0000) throw new Error(`store to 0x${address.toString(16)}`);
    this.words.set(address, value & MASK_64);
  }

  ldr(cell: number, base: number, offset: number): void {
    this.#note('LDR');
    this.#toCell(cell, this.#load(base, offset));
  }

  str(cell: number, base: number, offset: number): void {
    this.#note('STR');
    this.#store(base, offset, this.#cell(cell));
  }

  ldr32(cell: number, base: number, offset: number): void {
    const address = this.#address(base, offset);
    this.#note('LDR32');
    if (this.#isDevice(address)) this.counts.mmioReads++;
    const word = this.words.get(address - (address % 8)) ?? 0n;
    this.#toCell(cell, (address % 8 === 0 ? word : word >> 32n) & 0xffff_ffffn);
  }

  str32(cell: number, base: number, offset: number): void {
    const address = this.#address(base, offset);
    this.#note('STR32');
    if (this.#isDevice(address)) this.counts.mmioWrites++;
    const at = address - (address % 8);
    const word = this.words.get(at) ?? 0n;
    const value = this.#cell(cell) & 0xffff_ffffn;
    this.words.set(at, address % 8 === 0 ? (word & ~0xffff_ffffn) | value : (word & 0xffff_ffffn) | (value << 32n));
  }

  ldrX(t: number, base: number, offset: number): void {
    this.#note('LDR X');
    this.counts.frameWordsLoaded++;
    this.x[t] = this.#load(base, offset);
  }

  strX(t: number, base: number, offset: number): void {
    this.#note('STR X');
    this.counts.frameWordsStored++;
    this.#store(base, offset, this.x[t]!);
  }

  ldpX(t: number, t2: number, base: number, offset: number): void {
    this.#note('LDP X');
    this.counts.frameWordsLoaded += 2;
    const first = this.#load(base, offset);
    this.x[t2] = this.#load(base, offset + 8);
    this.x[t] = first;
  }

  stpX(t: number, t2: number, base: number, offset: number): void {
    this.#note('STP X');
    this.counts.frameWordsStored += 2;
    this.#store(base, offset, this.x[t]!);
    this.#store(base, offset + 8, this.x[t2]!);
  }

  pushX(t: number, t2: number): void {
    this.#note('PUSH X');
    this.counts.frameWordsStored += 2;
    this.sp[this.el] = this.sp[this.el]! - 16n;
    this.#store(SP_BASE, 0, this.x[t]!);
    this.#store(SP_BASE, 8, this.x[t2]!);
  }

  popX(t: number, t2: number): void {
    this.#note('POP X');
    this.counts.frameWordsLoaded += 2;
    this.x[t] = this.#load(SP_BASE, 0);
    this.x[t2] = this.#load(SP_BASE, 8);
    this.sp[this.el] = this.sp[this.el]! + 16n;
  }

  ldpQ(_t: number, _t2: number, base: number, offset: number): void {
    this.#note('LDP Q');
    this.#load(base, offset);
  }

  stpQ(_t: number, _t2: number, base: number, offset: number): void {
    this.#note('STP Q');
    this.#store(base, offset, 0n);
  }

  movToX(x: number, cell: number): void {
    this.x[x] = this.#cell(cell);
  }

  movFromX(cell: number, x: number): void {
    this.#toCell(cell, this.x[x]!);
  }

  movToSp(cell: number): void {
    this.sp[this.el] = this.#cell(cell);
  }

  movFromSp(cell: number): void {
    this.#toCell(cell, this.sp[this.el]!);
  }

  // ---- Barriers and the like ----

  isb(): void {
    this.#note('ISB');
    this.counts.isb++;
  }

  dsb(option: number): void {
    this.#note(`DSB ${option}`);
    this.counts.dsb++;
  }

  dmb(option: number): void {
    this.#note(`DMB ${option}`);
  }

  exec(row: { readonly id: string }): void {
    this.#note(`EXEC ${row.id}`);
  }

  hint(imm: number): void {
    this.#note(`HINT ${imm}`);
  }

  sys(operation: number, _cell: number): void {
    this.#note(`SYS ${operation}`);
  }

  wfi(): void {
    this.#note('WFI');
  }

  wfe(): void {
    this.#note('WFE');
  }

  sev(): void {
    this.#note('SEV');
  }

  charge(tally: SoftwareTally): void {
    this.charged.set(tally.name, (this.charged.get(tally.name) ?? 0) + 1);
  }

  // ---- Exceptions ----

  label(address: number): void {
    this.pc = (this.pc & ~BigInt(TEXT_BYTES - 1)) | BigInt(address % TEXT_BYTES);
  }

  #spsr(): bigint {
    return (this.daif << 6n) | BigInt(this.el === 0 ? 0 : (this.el << 2) | 1);
  }

  #vector(target: 1 | 2, kind: GuestExit['kind'], esr: number, returnTo: bigint): void {
    const [elr, spsr, syndrome, vbar] = target === 2 ? [ELR_EL2, SPSR_EL2, ESR_EL2, VBAR_EL2] : [ELR_EL1, SPSR_EL1, ESR_EL1, VBAR_EL1];
    this.set(elr, returnTo);
    this.set(spsr, this.#spsr());
    if (kind !== 'irq') this.set(syndrome, BigInt(esr >>> 0));
    const group = target === this.el ? 0x200n : 0x400n;
    this.el = target;
    this.daif = 0xfn;
    this.pc = this.get(vbar) + group + (kind === 'sync' ? 0n : kind === 'irq' ? 0x80n : 0x180n);
    if (target === 2) this.counts.exceptionsToEl2++;
  }

  #physicalPc(): number {
    return Number(this.pc & 0x7fff_ffff_ffffn);
  }

  #isNative(): boolean {
    const pc = this.#physicalPc();
    return pc >= TEXT_BASE && pc < TEXT_BASE + TEXT_BYTES;
  }

  #runRoutine(): void {
    const routine = this.#text.routines.get(this.#physicalPc());
    if (routine === undefined) throw new Error(`no routine at 0x${this.pc.toString(16)} (${this.#text.names.get(this.#physicalPc()) ?? '?'}), EL${this.el}`);
    routine(this);
  }

  #call(target: 1 | 2, esr: number): NativeOutcome {
    const depth = this.#frames.length;
    this.#frames.push({ pc: this.pc + 4n, el: this.el });
    this.#departure = null;
    this.#vector(target, 'sync', esr, this.pc + 4n);
    this.#runRoutine();
    const departure = this.#left();
    this.#departure = departure === 'in-guest' ? 'in-guest' : null;
    if (departure === 'in-guest') return 'in-guest';
    return this.#frames.length <= depth ? 'returned' : 'taken';
  }

  /** As a routine left it. */
  #left(): RecordingPort['departure'] {
    return this.#departure;
  }

  get departure(): 'returned' | 'in-guest' | null {
    return this.#departure;
  }

  hvc(imm16: number): NativeOutcome {
    this.#note('HVC');
    this.counts.hvcs++;
    return this.#call(2, hvcSyndrome(imm16));
  }

  svc(imm16: number): NativeOutcome {
    this.#note('SVC');
    return this.#call(HCR_EL2.TGE.is(this.get(HCR_EL2)) ? 2 : 1, svcSyndrome(imm16));
  }

  smc(_imm16: number): NativeOutcome {
    throw new Error('no firmware');
  }

  eret(): NativeOutcome {
    this.#note('ERET');
    const [elr, spsr] = this.el === 2 ? [ELR_EL2, SPSR_EL2] : [ELR_EL1, SPSR_EL1];
    if (this.el === 2) this.counts.erets++;
    const state = this.get(spsr);
    this.pc = this.get(elr);
    this.el = Number((state >> 2n) & 3n);
    this.daif = (state >> 6n) & 0xfn;
    const top = this.#frames.at(-1);
    if (top !== undefined && top.pc === this.pc && top.el === this.el) {
      this.#frames.pop();
      this.#departure = 'returned';
      return 'returned';
    }
    if (this.#isNative()) {
      this.#departure = null;
      this.#runRoutine();
      return this.#left() ?? 'taken';
    }
    this.#departure = 'in-guest';
    return 'in-guest';
  }

  /** An interrupt or SError that is taken now, between two operations, to the current EL. */
  interrupt(kind: 'irq' | 'serror'): void {
    if (this.el === 0) throw new Error('only for the kernel and EL2');
    this.#frames.push({ pc: this.pc, el: this.el });
    this.#departure = null;
    this.#vector(this.el as 1 | 2, kind, 0xbe00_0000, this.pc);
    this.#runRoutine();
    this.#departure = null;
  }

  runGuest(): GuestOutcome {
    for (;;) {
      if (this.el > 1) throw new Error(`the guest would run at EL${this.el}`);
      this.onGuest?.();
      const exit = this.script.shift();
      if (exit === undefined) return 'stop';
      if (exit.far !== undefined) this.set(FAR_EL2, exit.far);
      if (exit.hpfar !== undefined) this.set(HPFAR_EL2, exit.hpfar);
      this.#departure = null;
      this.#vector(2, exit.kind, exit.esr ?? 0, exit.behind === true ? this.pc + 4n : this.pc);
      this.#runRoutine();
      if (this.#left() !== 'in-guest') {
        this.#departure = null;
        return 'returned';
      }
    }
  }

  get depth(): number {
    return this.#frames.length;
  }
}

export const BOARD = {
  ram: { base: RAM_BASE, size: RAM_BYTES },
  nativeText: { base: TEXT_BASE, size: TEXT_BYTES },
  devices: [{ base: 0x0800_0000, size: 0x0300_0000 }],
  gicd: 0x0800_0000,
  interrupts: { maintenance: 25, virtualTimer: 27, physicalTimer: 30, hypTimer: 26, pmu: 23 },
} as const;

/** Frames beside the distributor, by version. */
export const FRAMES = {
  2: { gicc: 0x0801_0000, gich: GICH_BASE, gicv: 0x0804_0000, gicr: null },
  3: { gicc: null, gich: null, gicv: 0x0804_0000, gicr: 0x080a_0000 },
} as const;

export { ICH_ELRSR_EL2 };
