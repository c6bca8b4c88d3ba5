/**
 * Checks of a definition against the rules of the builder, by running it on a builder that only watches: memory before
 * writes and one check of the whole range, values of the widths that operations expect, a `let` around what is used after
 * its register was written, every operand used, and the same operations whatever the registers and immediates are.
 */
import { ZR, type Access, type Emit, type EmitFp, type EmitVector, type Lane, type Reg, type Val, type Vec, type VecBytes, type VReg, type Width } from './builder.ts';
import { FP_OPS, fpResultWidth, type FpOp, type FpWidth } from './fp-ops.ts';
import { SATURATING_OPS, VECTOR_OPS, type VecOpInfo } from './vector-ops.ts';

/** What the definition did and what is wrong with it. */
export interface LintResult {
  /** Names of the operations in order: equal for equal forms, or the definition branched on an opaque operand. */
  readonly trace: readonly string[];
  readonly problems: readonly string[];
  readonly usedOperands: ReadonlySet<string>;
  /** Numbers of the registers that were read or written as general and as vector registers. */
  readonly generalRegisters: ReadonlySet<number>;
  readonly vectorRegisters: ReadonlySet<number>;
}

interface Known {
  readonly width: Width | 128;
  /** Registers that it reads when it is evaluated, V registers by {@link vectorKey}; what was evaluated by `let` or `load` reads none. */
  readonly reads: ReadonlySet<number>;
  /** How many writes had been made. */
  readonly age: number;
}

type Result = Width | 'first' | 'none';

/** Operations without effects: result, how many values they take, and whether these have one width. */
const PURE: Readonly<Partial<Record<keyof Emit, readonly [result: Result, values: number, oneWidth: boolean]>>> = {
  add: ['first', 2, true], sub: ['first', 2, true], mul: ['first', 2, true], umulh: [64, 2, true], smulh: [64, 2, true],
  udiv: ['first', 2, true], sdiv: ['first', 2, true], and: ['first', 2, true], or: ['first', 2, true], xor: ['first', 2, true], not: ['first', 1, true],
  shl: ['first', 2, true], shr: ['first', 2, true], sar: ['first', 2, true], ror: ['first', 2, true], clz: ['first', 1, true], rbit: ['first', 1, true], rev: ['first', 1, true],
  crc32: [32, 2, false], eq: [32, 2, true], ltu: [32, 2, true], lts: [32, 2, true],
};

type Effect = 'memory' | 'write' | 'end';

export function lint(define: (e: Emit, i: Readonly<Record<string, number>>) => void, operands: Readonly<Record<string, number>>): LintResult {
  const watcher = new Watcher();
  const usedOperands = new Set<string>();
  const watched = new Proxy(operands, {
    get(target, name: string) {
      usedOperands.add(name);
      return target[name];
    },
  });
  define(watcher.emit, watched);
  const { trace, problems, generalRegisters, vectorRegisters } = watcher;
  return { trace, problems, usedOperands, generalRegisters, vectorRegisters };
}

class Watcher {
  readonly trace: string[] = [];
  readonly problems: string[] = [];
  readonly generalRegisters = new Set<number>();
  readonly vectorRegisters = new Set<number>();
  readonly emit: Emit;
  readonly #values: Known[] = [];
  readonly #written = new Map<number, number>();
  #writes = 0;
  #checks = 0;
  #ended = false;

  constructor() {
    const pure = Object.fromEntries(
      Object.entries(PURE).map(([name, [result, values, oneWidth]]) => [name, (...args: readonly Val[]) => this.#pure(name, result, args.slice(0, values), oneWidth)]),
    );
    this.emit = { ...pure, ...this.#registers(), ...this.#flags(), ...this.#memory(), ...this.#control(), ...this.#vectors(), ...this.#floatingPoint() } as Emit;
  }

  // ---- Values ------------------------------------------------------------------------------------------------------

  #value(width: Width, reads: ReadonlySet<number> = NOTHING): Val {
    return (this.#values.push({ width, reads, age: this.#writes }) - 1) as Val;
  }

  #width(v: Val): Width {
    const { width } = this.#values[v]!;
    if (width !== 128) return width;
    this.problems.push('a vector is used as a value');
    return 64;
  }

  #vector(values: readonly (Val | Vec)[]): Vec {
    const reads = values.length === 0 ? NOTHING : new Set(values.flatMap((v) => [...this.#values[v]!.reads]));
    return (this.#values.push({ width: 128, reads, age: this.#writes }) - 1) as unknown as Vec;
  }

  #isVector(name: string, ...vectors: readonly Vec[]): void {
    if (vectors.some((v) => this.#values[v]?.width !== 128)) this.problems.push(`${name}: a value is used as a vector`);
  }

  #pure(name: string, result: Result, values: readonly Val[], oneWidth: boolean): Val {
    this.trace.push(name);
    if (oneWidth && values.some((v) => this.#width(v) !== this.#width(values[0]!))) this.problems.push(`${name}: operands of 32 and of 64 bits`);
    const reads = new Set(values.flatMap((v) => [...this.#values[v]!.reads]));
    return this.#value(result === 'first' || result === 'none' ? this.#width(values[0]!) : result, reads);
  }

  #condition(name: string, c: Val): void {
    if (this.#width(c) !== 32) this.problems.push(`${name}: a condition of 64 bits`);
  }

  /** The values are evaluated here: none may read a register that was written since it was made. */
  #evaluate(name: string, values: readonly (Val | Vec)[]): void {
    for (const v of values) {
      const { reads, age } = this.#values[v]!;
      for (const register of reads) if ((this.#written.get(register) ?? -1) >= age) this.problems.push(`${name}: uses ${registerName(register)} of before its write without let`);
    }
  }

  #effect(name: string, effect: Effect, values: readonly (Val | Vec)[]): void {
    this.trace.push(name);
    this.#evaluate(name, values);
    if (this.#ended) this.problems.push(`${name}: after the instruction has branched or stepped`);
    if (effect === 'memory') {
      if (this.#writes > 0) this.problems.push(`${name}: memory after a write`);
      if (++this.#checks > 1) this.problems.push(`${name}: a second access; the whole range is checked once`);
    } else if (effect === 'write') this.#writes++;
    else this.#ended = true;
  }

  // ---- Operations with effects -------------------------------------------------------------------------------------

  #registers(): Partial<Emit> {
    return {
      x: (r, w = 64) => this.#read('x', r, w),
      base: (r) => this.#read('base', r, 64),
      imm: (_, w = 64) => this.#value(w),
      wmask: (_, __, ___, w) => this.#value(w),
      tmask: (_, __, ___, w) => this.#value(w),
      pc: () => this.#value(64),
      zext: (a, _, to) => this.#pure('zext', to, [a], false),
      sext: (a, _, to) => this.#pure('sext', to, [a], false),
      select: (c, a, b) => {
        this.#condition('select', c);
        const reads = new Set([c, a, b].flatMap((v) => [...this.#values[v]!.reads]));
        this.#pure('select', 'first', [a, b], true);
        return this.#value(this.#width(a), reads);
      },
      let: (v) => {
        this.#evaluate('let', [v]);
        return this.#value(this.#width(v));
      },
      setX: (r, v) => {
        this.#width(v);
        this.#evaluate('setX', [v]);
        this.generalRegisters.add(r);
        if (r !== ZR) this.#written.set(r, this.#writes);
        this.#effect('setX', 'write', []);
      },
    };
  }

  #read(name: string, r: Reg, w: Width): Val {
    this.trace.push(name);
    this.generalRegisters.add(r);
    return this.#value(w, r === ZR ? NOTHING : new Set([r]));
  }

  #flags(): Partial<Emit> {
    const flags = (name: string) => (a: Val, b: Val): void => {
      if (this.#width(a) !== this.#width(b)) this.problems.push(`${name}: operands of 32 and of 64 bits`);
      this.#effect(name, 'write', [a, b]);
    };
    return {
      flagsAdd: flags('flagsAdd'),
      flagsSub: flags('flagsSub'),
      flagsLogic: (r) => this.#effect('flagsLogic', 'write', [r]),
      flagsLiteral: (v) => this.#effect('flagsLiteral', 'write', [v]),
      flagsIf: (_, op, a, b) => flags(`flagsIf ${op}`)(a, b),
      adc: (a, b, carry, set) => {
        this.#evaluate('adc', [a, b, carry]);
        this.#condition('adc', carry);
        const sum = this.#pure('adc', 'first', [a, b], true);
        if (set) this.#effect('adc flags', 'write', []);
        return this.#value(this.#width(sum));
      },
      nzcv: () => this.#value(32),
      carry: () => this.#value(32),
      holds: () => this.#value(32),
    };
  }

  #memory(): Partial<Emit> {
    const loaded = (access: Access): Val => this.#value(access.size === 8 || access.signed === 64 ? 64 : 32);
    const access = (name: string, va: Val, values: readonly Val[], { size }: Access): void => {
      if (this.#width(va) !== 64) this.problems.push(`${name}: an address of 32 bits`);
      if (size === 8 && values.some((v) => this.#width(v) !== 64)) this.problems.push(`${name}: stores 32 bits as 64`);
      this.#effect(name, 'memory', [va, ...values]);
    };
    return {
      load: (va, a) => {
        access('load', va, [], a);
        return loaded(a);
      },
      load2: (va, a) => {
        access('load2', va, [], a);
        return [loaded(a), loaded(a)];
      },
      store: (va, v, a) => access('store', va, [v], a),
      store2: (va, v, w, a) => access('store2', va, [v, w], a),
      storeIf: (c, va, v, a) => {
        this.#condition('storeIf', c);
        access('storeIf', va, [v], a);
      },
      storeIf2: (c, va, v, w, a) => {
        this.#condition('storeIf2', c);
        access('storeIf2', va, [v, w], a);
      },
      rmw: (va, a, update) => {
        access('rmw', va, [], a);
        const old = loaded(a);
        this.#evaluate('rmw', [update(old)]);
        return old;
      },
      rmw2: (va, a, update) => {
        access('rmw2', va, [], a);
        const old = [loaded(a), loaded(a)] as const;
        this.#evaluate('rmw2', update(...old));
        return old;
      },
      monitorSet: (va) => this.#effect('monitorSet', 'write', [va]),
      monitorHolds: (va) => this.#pure('monitorHolds', 32, [va], false),
      monitorClear: () => this.#effect('monitorClear', 'write', []),
    };
  }

  #vectors(): EmitVector {
    const pure = (name: string, values: readonly (Val | Vec)[]): Vec => {
      this.trace.push(name);
      return this.#vector(values);
    };
    const element = (name: string, size: Lane, index: number): void => {
      if (index < 0 || index >= 128 / size) this.problems.push(`${name}: no element ${String(index)} of ${String(size)} bits`);
    };
    const operation = (name: string, info: VecOpInfo, size: Lane, operands: readonly (Vec | undefined)[]): Vec => {
      const given = operands.filter((v) => v !== undefined);
      if (given.length !== info.operands || !info.sizes.includes(size)) this.problems.push(`${name}: not with ${String(given.length)} vectors of ${String(size)} bits`);
      this.#isVector(name, ...given);
      return pure(name, given);
    };
    const narrow = (name: string, size: Lane, v: Val): void => {
      if (this.#width(v) !== elementWidth(size)) this.problems.push(`${name}: an element of ${String(size)} bits from a value of another width`);
    };
    return {
      v: (r) => {
        this.vectorRegisters.add(r);
        this.trace.push('v');
        return (this.#values.push({ width: 128, reads: new Set([vectorKey(r)]), age: this.#writes }) - 1) as unknown as Vec;
      },
      setV: (r: VReg, v) => {
        this.#isVector('setV', v);
        this.#evaluate('setV', [v]);
        this.vectorRegisters.add(r);
        this.#written.set(vectorKey(r), this.#writes);
        this.#effect('setV', 'write', []);
      },
      lane: (v, size, index) => {
        this.#isVector('lane', v);
        element('lane', size, index);
        this.trace.push('lane');
        return this.#value(elementWidth(size), this.#values[v]!.reads);
      },
      withLane: (v, size, index, value) => {
        this.#isVector('withLane', v);
        element('withLane', size, index);
        narrow('withLane', size, value);
        return pure('withLane', [v, value]);
      },
      splat: (size, value) => {
        narrow('splat', size, value);
        return pure('splat', [value]);
      },
      vec: (lo, hi) => {
        for (const half of [lo, hi]) narrow('vec', 64, half);
        return pure('vec', [lo, hi]);
      },
      vecOf: (v) => {
        this.#width(v);
        return pure('vecOf', [v]);
      },
      low64: (v) => {
        this.#isVector('low64', v);
        return pure('low64', [v]);
      },
      shuffle: (a, b, indices) => {
        this.#isVector('shuffle', a, b);
        if (indices.length !== 16 || indices.some((index) => index > 31)) this.problems.push('shuffle: not sixteen indices below 32');
        return pure('shuffle', [a, b]);
      },
      vop: (op, size, a, b, c) => operation(op, VECTOR_OPS[op], size, [a, b, c]),
      vshift: (op, _size, a, n) => {
        this.#isVector(op, a);
        if (this.#width(n) !== 32) this.problems.push(`${op}: a count of 64 bits`);
        return pure(op, [a, n]);
      },
      vsat: (op, size, lanes, a, b, c) => {
        if (lanes < 1 || lanes > 128 / size) this.problems.push(`${op}: ${String(lanes)} elements of ${String(size)} bits`);
        const operands = [a, b, c].filter((v) => v !== undefined);
        this.#effect('QC', 'write', operands);
        return operation(op, SATURATING_OPS[op], size, operands);
      },
      ...this.#vectorMemory(),
    };
  }

  #vectorMemory(): Pick<EmitVector, 'loadV' | 'storeV'> {
    const check = (name: string, va: Val, count: number, bytes: VecBytes, { size }: Access, vectors: readonly Vec[]): void => {
      if (this.#width(va) !== 64) this.problems.push(`${name}: an address of 32 bits`);
      if (bytes % size !== 0 || count < 1 || count > 4) this.problems.push(`${name}: ${String(count)} vectors of ${String(bytes)} bytes`);
      this.#isVector(name, ...vectors);
      this.#effect(name, 'memory', [va, ...vectors]);
    };
    return {
      loadV: (va, count, bytes, access) => {
        check('loadV', va, count, bytes, access, []);
        return Array.from({ length: count }, () => this.#vector([]));
      },
      storeV: (va, vectors, bytes, access) => check('storeV', va, vectors.length, bytes, access, vectors),
    };
  }

  #floatingPoint(): EmitFp {
    const check = (op: FpOp, given: number): void => {
      if (given !== FP_OPS[op].operands) this.problems.push(`${op}: with ${String(given)} operands`);
    };
    const operand = (name: string, width: FpWidth, v: Val): void => {
      if (this.#width(v) !== elementWidth(width)) this.problems.push(`${name}: a number of ${String(width)} bits in a value of another width`);
    };
    return {
      fp: (op, width, a, b, c) => {
        const operands = [a, b, c].filter((v) => v !== undefined);
        check(op, operands.length);
        operand(op, width, a);
        this.#effect(op, 'write', operands);
        return this.#value(elementWidth(fpResultWidth(op, width)));
      },
      vfp: (op, width, lanes, a, b, c) => {
        const operands = [a, b, c].filter((v) => v !== undefined);
        check(op, operands.length);
        this.#isVector(op, ...operands);
        if (lanes < 1 || lanes > 128 / width) this.problems.push(`${op}: ${String(lanes)} numbers of ${String(width)} bits`);
        this.#effect(op, 'write', operands);
        return this.#vector([]);
      },
      fpCompare: (width, a, b, _signalling, when) => {
        for (const v of [a, b]) operand('fpCompare', width, v);
        if (when !== undefined) this.#condition('fpCompare', when);
        this.#effect('fpCompare', 'write', when === undefined ? [a, b] : [a, b, when]);
        return this.#value(32);
      },
    };
  }

  #control(): Partial<Emit> {
    return {
      jump: (to) => this.#effect('jump', 'end', [to]),
      branch: () => this.#effect('branch', 'end', []),
      branchIf: (c) => {
        this.#condition('branchIf', c);
        this.#effect('branchIf', 'end', [c]);
      },
      step: () => this.#effect('step', 'end', []),
      count: () => this.#effect('count', 'write', []),
    };
  }
}

const NOTHING: ReadonlySet<number> = new Set();

/** V registers among the registers that a value reads: behind X0 to X30, ZR and SP. */
function vectorKey(r: number): number {
  return 64 + r;
}

function registerName(key: number): string {
  return key < 64 ? `X${String(key)}` : `V${String(key - 64)}`;
}

/** The width of a value that holds an element. */
function elementWidth(size: number): Width {
  return size === 64 ? 64 : 32;
}
