/**
 * A frame of the vgic as a device in the kernel: rows of the frame's table joined with what they do. Registers with a field for
 * each interrupt are one row for the field. What KVM does not know of, or in a size that it does not, is RAZ and WI.
 */
import { InvariantError } from '@worldswitch/cpu/arch';
import type { Frame } from '@worldswitch/gic/regs';
import type { Cpu } from '../cpu.ts';
import { TALLIES } from '../host/tallies.ts';
import type { KernelDevice } from '../mmio/bus.ts';
import type { Vcpu } from '../vcpu.ts';
import { PRIVATE_IRQS, type VgicIrq } from './irq.ts';
import type { Vgic } from './vgic.ts';

/** The field of one interrupt. */
export interface FieldRow {
  /** `vcpu` is the one whose private interrupts are meant. */
  readField(irq: VgicIrq): number;
  writeField?(cpu: Cpu, irq: VgicIrq, value: number): void;
  /** A write of 0 leaves the interrupt as it is: write-one-to-set, write-one-to-clear. */
  readonly onesOnly?: boolean;
}

/** Any other register: `n` is its number within an array, `half` 1 for the upper word of a 64-bit register. */
export interface WordRow {
  read?(vcpu: Vcpu, n: number, half: number): number;
  write?(cpu: Cpu, vcpu: Vcpu, value: number, n: number, half: number): void;
}

export type Row = FieldRow | WordRow;

interface Slot {
  readonly field: FieldRow | null;
  readonly word: WordRow;
  readonly n: number;
  readonly half: number;
  readonly width: number;
  readonly bytes: boolean;
  /** Of the interrupt in the lowest bits, and bits of each. */
  readonly intid: number;
  readonly bits: number;
}

const WORD_BYTES = 4;
const WHOLE_WORD = 0xffff_ffff;
const NO_WORD: WordRow = {};

export class VgicFrame implements KernelDevice {
  readonly size: number;
  readonly #vgic: Vgic;
  /** Whose private interrupts it shows; null: those of the vCPU that accesses it. */
  readonly #owner: Vcpu | null;
  readonly #slots: readonly (Slot | undefined)[];

  /** `rows` by register name. `isShared`: private interrupts are in frames of their own, and RAZ and WI here. */
  constructor(vgic: Vgic, frame: Frame, rows: Readonly<Record<string, Row>>, { owner = null, isShared = false }: { readonly owner?: Vcpu | null; readonly isShared?: boolean } = {}) {
    this.size = frame.size;
    this.#vgic = vgic;
    this.#owner = owner;
    const slots = new Array<Slot | undefined>(frame.size / WORD_BYTES);
    for (const [name, row] of Object.entries(rows)) {
      const register = frame.byName(name);
      if (register === undefined) throw new InvariantError(`${frame.name} has no register ${name}`);
      const { first, count, width, bytes, interrupts } = register;
      const field = 'readField' in row ? row : null;
      for (let n = first; n < first + count; n++) {
        const intid = interrupts === null ? 0 : register.firstIntidOf(n);
        if (isShared && interrupts !== null && intid < PRIVATE_IRQS) continue;
        for (let half = 0; half < width / 32; half++) {
          slots[register.offsetOf(n) / WORD_BYTES + half] = { field, word: field === null ? (row as WordRow) : NO_WORD, n, half, width, bytes, intid, bits: interrupts?.bits ?? width };
        }
      }
    }
    this.#slots = slots;
  }

  /** Whether there is a register, of which a word begins at the offset. */
  has(offset: number): boolean {
    return offset % WORD_BYTES === 0 && this.#slots[offset / WORD_BYTES] !== undefined;
  }

  read(cpu: Cpu, vcpu: Vcpu, offset: number, size: number, data: Uint32Array): void {
    cpu.port.charge(TALLIES.vgicMmio);
    data[0] = 0;
    data[1] = 0;
    const slot = this.#slots[Math.floor(offset / WORD_BYTES)];
    if (slot === undefined || !isAllowed(slot, offset, size)) return;
    const of = this.#owner ?? vcpu;
    data[0] = this.#readWord(of, slot);
    if (size === 1) data[0] = (data[0] >>> (8 * (offset % WORD_BYTES))) & 0xff;
    if (size === 8) data[1] = this.#readWord(of, this.#slots[offset / WORD_BYTES + 1]!);
  }

  write(cpu: Cpu, vcpu: Vcpu, offset: number, size: number, data: Uint32Array): void {
    cpu.port.charge(TALLIES.vgicMmio);
    const slot = this.#slots[Math.floor(offset / WORD_BYTES)];
    if (slot === undefined || !isAllowed(slot, offset, size)) return;
    const of = this.#owner ?? vcpu;
    const shift = size === 1 ? 8 * (offset % WORD_BYTES) : 0;
    this.#writeWord(cpu, of, slot, (data[0]! << shift) >>> 0, size === 1 ? (0xff << shift) >>> 0 : WHOLE_WORD);
    if (size === 8) this.#writeWord(cpu, of, this.#slots[offset / WORD_BYTES + 1]!, data[1]!, WHOLE_WORD);
  }

  #readWord(vcpu: Vcpu, { field, word, n, half, intid, bits }: Slot): number {
    if (field === null) return word.read?.(vcpu, n, half) ?? 0;
    let value = 0;
    for (let shift = 0; shift < 32; shift += bits) {
      const irq = this.#vgic.irq(vcpu, intid + shift / bits);
      if (irq !== null) value |= field.readField(irq) << shift;
    }
    return value >>> 0;
  }

  /** The fields that `mask` touches. */
  #writeWord(cpu: Cpu, vcpu: Vcpu, { field, word, n, half, intid, bits }: Slot, value: number, mask: number): void {
    if (field === null) {
      word.write?.(cpu, vcpu, value & mask, n, half);
      return;
    }
    if (field.writeField === undefined) return;
    const fieldMask = 2 ** bits - 1;
    for (let shift = 0; shift < 32; shift += bits) {
      if (((mask >>> shift) & 1) === 0) continue;
      const part = (value >>> shift) & fieldMask;
      if (part === 0 && field.onesOnly === true) continue;
      const irq = this.#vgic.irq(vcpu, intid + shift / bits);
      if (irq !== null) field.writeField(cpu, irq, part);
    }
  }
}

/** A word anywhere, a doubleword where a register of 64 bits begins, a byte of an array of bytes. */
function isAllowed({ width, half, bytes }: Slot, offset: number, size: number): boolean {
  if (size === WORD_BYTES) return offset % WORD_BYTES === 0;
  return size === 8 ? width === 64 && half === 0 && offset % 8 === 0 : size === 1 && bytes;
}
