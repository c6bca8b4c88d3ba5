/**
 * What a memory-mapped frame is: registers and register arrays at offsets, checked at load so that no two overlap and
 * none leaves the frame. The frames themselves stand in the sibling files. No state, no behaviour.
 */
import { InvariantError, LayoutBase, type Field, type LayoutSpec } from '@worldswitch/cpu/arch';

/** What software may do; the other direction is RAZ or WI. */
export type FrameAccess = 'RO' | 'WO' | 'RW';

/** How the registers of an array divide interrupts among themselves. */
export interface InterruptRule {
  /** Bits of one interrupt: 1, 2, 8, or the whole register's width. */
  readonly bits: number;
  /** INTID of bit 0 of the register at the array's offset. */
  readonly firstIntid: number;
}

interface Placement {
  readonly access: FrameAccess;
  /** Whether byte accesses are allowed beside word accesses. */
  readonly bytes?: boolean;
  /** Whether the lower half may be accessed by itself. */
  readonly lowerHalf?: boolean;
  /** How many registers stand from the offset on, `stride` bytes apart (default: their own size). */
  readonly count?: number;
  readonly stride?: number;
  /** The number that the manual gives the first of them. */
  readonly first?: number;
  /** For arrays with a field for each interrupt. */
  readonly interrupts?: InterruptRule;
  readonly doc?: string;
}

/** Bits of its own, or a layout that several registers share. */
export type FrameRegisterSpec<K extends string> = Placement & (LayoutSpec<K> | { readonly layout: LayoutBase<K> });

/** Where one interrupt's field is. */
export interface InterruptField {
  /** Byte offset of the register within the frame. */
  readonly offset: number;
  readonly shift: number;
  readonly bits: number;
}

/** A register of a frame, or an array of equal ones. */
export class FrameRegisterBase<K extends string> extends LayoutBase<K> {
  readonly offset: number;
  readonly access: FrameAccess;
  readonly bytes: boolean;
  readonly lowerHalf: boolean;
  readonly count: number;
  readonly stride: number;
  readonly first: number;
  readonly interrupts: InterruptRule | null;
  readonly doc: string;

  constructor(name: string, offset: number, width: 32 | 64, spec: FrameRegisterSpec<K>) {
    super(name, width, 'layout' in spec ? spec.layout : spec);
    this.offset = offset;
    this.access = spec.access;
    this.bytes = spec.bytes ?? false;
    this.lowerHalf = spec.lowerHalf ?? false;
    this.count = spec.count ?? 1;
    this.stride = spec.stride ?? width / 8;
    this.first = spec.first ?? 0;
    this.interrupts = spec.interrupts ?? null;
    this.doc = spec.doc ?? '';
    if (offset % (width / 8) !== 0) throw new InvariantError(`${name}: offset 0x${offset.toString(16)} is not aligned`);
    if (this.stride < width / 8) throw new InvariantError(`${name}: the registers of the array overlap`);
    if (this.interrupts !== null && width % this.interrupts.bits !== 0) throw new InvariantError(`${name}: ${String(this.interrupts.bits)} bits do not divide the register`);
  }

  /** First offset behind the register or array. */
  get end(): number {
    return this.offset + (this.count - 1) * this.stride + this.width / 8;
  }

  /** Offset of register `n`, numbered as in the manual. */
  offsetOf(n: number): number {
    const index = n - this.first;
    if (!Number.isInteger(index) || index < 0 || index >= this.count) throw new InvariantError(`${this.name} has no number ${String(n)}`);
    return this.offset + index * this.stride;
  }

  /** The field of one interrupt, or undefined where the array has none for it. */
  fieldOf(intid: number): InterruptField | undefined {
    const rule = this.interrupts;
    if (rule === null) return undefined;
    const perRegister = this.width / rule.bits;
    const index = Math.floor((intid - rule.firstIntid) / perRegister);
    if (index < 0 || index >= this.count) return undefined;
    return { offset: this.offset + index * this.stride, shift: ((intid - rule.firstIntid) % perRegister) * rule.bits, bits: rule.bits };
  }

  /** The INTID of bit 0 of register `n` (numbered as in the manual). */
  firstIntidOf(n: number): number {
    if (this.interrupts === null) throw new InvariantError(`${this.name} is not an array of interrupts`);
    return this.interrupts.firstIntid + (n - this.first) * (this.width / this.interrupts.bits);
  }
}

export type FrameRegister<K extends string = string> = FrameRegisterBase<K> & Readonly<Record<K, Field>>;
export type AnyFrameRegister = FrameRegisterBase<string>;

/** Declares a register or an array of registers; every bit of one must be claimed once. */
export function frameRegister<const K extends string>(name: string, offset: number, width: 32 | 64, spec: FrameRegisterSpec<K>): FrameRegister<K> {
  return new FrameRegisterBase<K>(name, offset, width, spec) as FrameRegister<K>;
}

/** What an address of a frame means. */
export interface FrameLocation {
  readonly register: AnyFrameRegister;
  /** The register's number within its array, as the manual counts. */
  readonly n: number;
  /** Byte within the register. */
  readonly byte: number;
}

/** A frame: a name, a size in bytes, and its registers in order of offset. */
export class Frame {
  readonly name: string;
  readonly size: number;
  readonly registers: readonly AnyFrameRegister[];

  constructor(name: string, size: number, registers: readonly AnyFrameRegister[]) {
    this.name = name;
    this.size = size;
    this.registers = registers.toSorted((a, b) => a.offset - b.offset);
    let previous: AnyFrameRegister | undefined;
    for (const register of this.registers) {
      if (previous !== undefined && register.offset < previous.end) {
        throw new InvariantError(`${name}: ${register.name} at 0x${register.offset.toString(16)} overlaps ${previous.name}`);
      }
      if (register.end > size) throw new InvariantError(`${name}: ${register.name} ends beyond the frame`);
      previous = register;
    }
    const names = new Set(this.registers.map((register) => register.name));
    if (names.size !== this.registers.length) throw new InvariantError(`${name}: two registers have one name`);
  }

  /** What stands at a byte offset; undefined where the frame is reserved. */
  at(offset: number): FrameLocation | undefined {
    let low = 0;
    let high = this.registers.length - 1;
    while (low <= high) {
      const middle = (low + high) >> 1;
      const register = this.registers[middle]!;
      if (offset < register.offset) high = middle - 1;
      else if (offset >= register.end) low = middle + 1;
      else {
        const index = Math.floor((offset - register.offset) / register.stride);
        const byte = offset - register.offset - index * register.stride;
        return byte < register.width / 8 ? { register, n: register.first + index, byte } : undefined;
      }
    }
    return undefined;
  }

  /** The register of a name, if the frame has it. */
  byName(name: string): AnyFrameRegister | undefined {
    return this.registers.find((register) => register.name === name);
  }
}
