/**
 * A register that says where a table of LPIs lies and how it is accessed: GICR_PROPBASER, GICR_PENDBASER, GITS_CBASER, GITS_BASERn. What a
 * guest asks for becomes what there is (Linux, virt/kvm/arm/vgic/vgic-mmio-v3.c, `vgic_sanitise_*`).
 */
import type { Field, LayoutBase } from '@worldswitch/cpu/arch';
import { CACHEABILITY, fieldOf, OUTER_CACHEABILITY, SHAREABILITY } from '@worldswitch/gic/regs';

export type TableLayout = LayoutBase<string> & Readonly<Record<'InnerCache' | 'OuterCache' | 'Shareability', Field>>;

/** Field values are numbers of a few bits. */
type Sanitise = (value: number) => number;

const inner: Sanitise = (value) => (value === CACHEABILITY.Device || value === CACHEABILITY.NC ? CACHEABILITY.RaWb : value);
const outer: Sanitise = (value) => (value === OUTER_CACHEABILITY.AsInner ? value : OUTER_CACHEABILITY.NC);
const shareability: Sanitise = (value) => (value === SHAREABILITY.OuterShareable ? SHAREABILITY.InnerShareable : value);

export class TableRegister {
  /** The value, low word first. */
  readonly words = new Uint32Array(2);
  readonly #kept: readonly [number, number];
  readonly #fixed: readonly [number, number];
  readonly #rules: readonly (readonly [field: Field, rule: Sanitise])[];

  /** `kept`: bits that software can write; `fixed`: bits that read as set. */
  constructor(layout: TableLayout, kept: bigint, fixed = 0n) {
    this.#kept = halves(kept);
    this.#fixed = halves(fixed);
    this.#rules = [[layout.InnerCache, inner], [layout.OuterCache, outer], [layout.Shareability, shareability]];
    this.words.set(this.#fixed);
  }

  read(half: number): number {
    return this.words[half]!;
  }

  write(value: number, half: number): void {
    const at = half as 0 | 1;
    let word = (value & this.#kept[at]) | this.#fixed[at];
    for (const [field, rule] of this.#rules) if (field.word === half) word = (word & ~field.wordMask) | (rule(field.inWord(word)) << field.wordShift);
    this.words[half] = word;
  }

  set(value: bigint): void {
    const [lo, hi] = halves(value);
    this.write(lo, 0);
    this.write(hi, 1);
  }

  /** As a number: no field is wider than an address. */
  field(field: Field): number {
    return fieldOf(this.words, field);
  }
}

function halves(value: bigint): readonly [number, number] {
  return [Number(value & 0xffff_ffffn), Number(value >> 32n)];
}
