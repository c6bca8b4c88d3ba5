/**
 * What a row of the system register table is: an encoding, a layout, who may access it, its reset value.
 * The rows themselves stand in the sibling files, one file a group; `index.ts` puts them together.
 */
import { LayoutBase, layout, type LayoutSpec, type Field } from '../bits.ts';
import type { Feature } from '../features.ts';
import { InvariantError } from '../../invariant.ts';

/** `(op0, op1, CRn, CRm, op2)` of MRS and MSR (register). op0 is 2 or 3. */
export type SysRegEncoding = readonly [op0: number, op1: number, CRn: number, CRm: number, op2: number];

export type Access = '-' | 'R' | 'W' | 'RW';

/**
 * Access at EL0, EL1, EL2 (EL3 is not modelled) before any control register is asked: `'- RW RW'`.
 * `-` is UNDEFINED at that EL. What traps and what redirects is data of `traps.ts` and `vhe.ts`.
 */
export type AccessByEl = `${Access} ${Access} ${Access}`;

/**
 * `implemented`: fields and access are complete. `named`: encoding and name only, a register of an extension that the
 * project does not model (SVE, SME, MTE, MPAM, SPE, trace, EL3...); accessing it is UNDEFINED.
 */
export type RegisterStatus = 'implemented' | 'named';

/** What a row says besides its bits. */
export interface RegisterFacts<K extends string> {
  readonly access: AccessByEl;
  /**
   * Reset value where the PE resets into EL1 or EL2 and the register belongs to that EL: the fields that the manual
   * gives a value, or the whole register. What is not given is architecturally UNKNOWN.
   */
  readonly reset?: bigint | Readonly<Partial<Record<NoInfer<K>, number>>>;
  /** The feature (without `FEAT_`) that brings the register; absent, the encoding is UNDEFINED. */
  readonly feature?: Feature;
  /**
   * `present`: the register exists only where its EL (the last digit of its name) is the highest implemented one.
   * `write`: writes are UNDEFINED below the highest implemented EL.
   */
  readonly highestEl?: 'present' | 'write';
  /** What it holds, in one phrase. */
  readonly doc?: string;
}

/** Bits of its own, or a layout that several registers share. */
export type RegisterSpec<K extends string> = RegisterFacts<K> & (LayoutSpec<K> | { readonly layout: LayoutBase<K> });

/** One system register. */
export class SystemRegisterBase<K extends string> extends LayoutBase<K> {
  declare readonly encoding: SysRegEncoding;
  /** The encoding as the 16 bits `op0:op1:CRn:CRm:op2`, the register's key everywhere. */
  declare readonly key: number;
  declare readonly access: AccessByEl;
  /** The directions in which the encoding has this name at some EL, EL3 included. */
  declare readonly directions: 'R' | 'W' | 'RW';
  /** The bits that reset defines; those outside {@link resetMask} are 0 here and UNKNOWN in the machine. */
  declare readonly reset: bigint | 'unknown';
  declare readonly resetMask: bigint;
  declare readonly feature: Feature | null;
  declare readonly highestEl: 'present' | 'write' | null;
  declare readonly doc: string;
  declare readonly status: RegisterStatus;

  constructor(name: string, encoding: SysRegEncoding, spec: RegisterSpec<K>, status: RegisterStatus, directions?: 'R' | 'W' | 'RW') {
    super(name, 64, 'layout' in spec ? spec.layout : spec);
    this.encoding = encoding;
    this.key = sysRegKey(...encoding);
    this.access = spec.access;
    this.directions = directions ?? directionsOf(spec.access);
    this.feature = spec.feature ?? null;
    this.highestEl = spec.highestEl ?? null;
    this.doc = spec.doc ?? '';
    this.status = status;
    const { reset } = spec;
    if (reset === undefined) {
      this.reset = 'unknown';
      this.resetMask = 0n;
    } else if (typeof reset === 'bigint') {
      this.reset = reset;
      this.resetMask = ALL_BITS;
    } else {
      const known = Object.entries<number | undefined>(reset);
      this.reset = known.reduce((bits, [field, value]) => bits | this.field(field as K).of(value ?? 0), 0n);
      this.resetMask = known.reduce((bits, [field]) => bits | this.field(field as K).mask, this.res0 | this.res1);
    }
  }

  accessAt(el: 0 | 1 | 2): Access {
    return this.access.split(' ')[el] as Access;
  }
}

function directionsOf(access: AccessByEl): 'R' | 'W' | 'RW' {
  const readable = access.includes('R');
  return access.includes('W') ? (readable ? 'RW' : 'W') : 'R';
}

const ALL_BITS = 0xffff_ffff_ffff_ffffn;

export type SystemRegister<K extends string = string> = SystemRegisterBase<K> & Readonly<Record<K, Field>>;

/** A register whose field names are not of interest, as tables hold it. */
export type AnyRegister = SystemRegisterBase<string>;

/** Declares a register of 64 bits; every bit must be claimed once. */
export function defineRegister<const K extends string>(name: string, encoding: SysRegEncoding, spec: RegisterSpec<K>): SystemRegister<K> {
  return new SystemRegisterBase(name, encoding, spec, 'implemented') as SystemRegister<K>;
}

/** Declares a family `NAME<n>REST`; `encodingOf(n)` gives each encoding. The rows are named with their number. */
export function defineRegisters<const K extends string>(
  name: (n: string) => string,
  count: number,
  encodingOf: (n: number) => SysRegEncoding,
  spec: RegisterSpec<K>,
): readonly SystemRegister<K>[] {
  return Array.from({ length: count }, (_, n) => defineRegister(name(String(n)), encodingOf(n), spec));
}

const UNMODELLED = layout('named', 64, { fields: { VALUE: '63:0' } });

/** A register that has a name and nothing else: of an extension that is not modelled, so UNDEFINED at every EL. */
export function namedRegister(name: string, encoding: SysRegEncoding, feature: Feature, directions: 'R' | 'W' | 'RW' = 'RW'): AnyRegister {
  return new SystemRegisterBase(name, encoding, { layout: UNMODELLED, access: '- - -', feature }, 'named', directions);
}

/** `op0:op1:CRn:CRm:op2` in 16 bits, as bits 20:5 of the instruction hold them (op0 by its low bit there). */
export function sysRegKey(op0: number, op1: number, CRn: number, CRm: number, op2: number): number {
  if (op0 >> 2 !== 0 || op1 >> 3 !== 0 || CRn >> 4 !== 0 || CRm >> 4 !== 0 || op2 >> 3 !== 0) {
    throw new InvariantError(`no system register encoding: ${[op0, op1, CRn, CRm, op2].join(',')}`);
  }
  return (op0 << 14) | (op1 << 11) | (CRn << 7) | (CRm << 3) | op2;
}

/** The parts of a {@link sysRegKey}. */
export function sysRegEncoding(key: number): SysRegEncoding {
  return [(key >> 14) & 3, (key >> 11) & 7, (key >> 7) & 15, (key >> 3) & 15, key & 7];
}

/** The name every assembler accepts for an encoding: `S3_4_C1_C1_0`. */
export function genericRegisterName(key: number): string {
  const [op0, op1, CRn, CRm, op2] = sysRegEncoding(key);
  return `S${String(op0)}_${String(op1)}_C${String(CRn)}_C${String(CRm)}_${String(op2)}`;
}
