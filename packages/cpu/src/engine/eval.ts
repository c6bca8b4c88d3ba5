/**
 * Eval: the builder that computes at once. The reference: it executes every row, and the tiers execute what it does.
 * A value is a slot of two words; slots are handed out anew for each instruction, so nothing is allocated.
 *
 * After a fault Eval goes deaf: reads give 0, writes do nothing, and the definition runs to its end.
 */
import { SP_ALIGNMENT_SYNDROME } from '../arch/esr.ts';
import { EVENT } from '../arch/events.ts';
import { FPSR } from '../arch/sysregs/index.ts';
import { branchOffset, SP, ZR, type Access, type Emit, type Imm, type Lane, type Reg, type StepAction, type Val, type Vec, type VecBytes, type VReg, type Width } from '../emit/builder.ts';
import { decodeBitMasks } from '../emit/bit-masks.ts';
import { fpResultWidth, type FpOp, type FpWidth } from '../emit/fp-ops.ts';
import { add64, mul64, out, reverse32, sar64, sdiv64, shl64, shr64, smulh64, sub64, swap32, udiv64, umulh64 } from '../emit/int64.ts';
import type { SatOp, VecOp, VecShift } from '../emit/vector-ops.ts';
import { conditionHolds, type CpuState } from '../state/cpu-state.ts';
import { FpUnit } from './fp-unit.ts';
import { saturation } from './lane-ops.ts';
import { BANK, FLAGS, MODE, PE } from './layout.ts';
import type { EvalHost } from './parts.ts';
import { VectorUnit } from './vector-unit.ts';

/** No definition uses more values than this in one instruction. */
const SLOTS = 1024;

const SP_WORD = PE.SP >>> 2;

export class Eval implements Emit {
  readonly #state: CpuState;
  readonly #host: EvalHost;
  readonly #view: DataView;
  readonly #lo = new Int32Array(SLOTS);
  readonly #hi = new Int32Array(SLOTS);
  readonly #wide = new Uint8Array(SLOTS);
  readonly #vectors = new VectorUnit();
  readonly #fp: FpUnit;
  /** What `loadV` gives, by count. */
  readonly #loadedVectors: readonly Vec[][] = [[], newVectors(1), newVectors(2), newVectors(3), newVectors(4)];
  #next = 0;
  /** Set by a fault: the rest of the definition is ignored. */
  #deaf = false;
  /** Where the PC goes: set by jumps and branches, otherwise the next instruction. */
  #jumped = false;

  constructor(state: CpuState, host: EvalHost) {
    this.#state = state;
    this.#host = host;
    this.#view = new DataView(state.memory as ArrayBuffer);
    this.#fp = new FpUnit(state);
  }

  /** Prepares for one instruction. */
  begin(): void {
    this.#next = 0;
    this.#vectors.begin();
    this.#deaf = false;
    this.#jumped = false;
  }

  /** Ends it: advances the PC unless the definition moved it. False: an exception is in the PE's slot, nothing was written. */
  end(): boolean {
    if (this.#deaf) return false;
    if (!this.#jumped) {
      const state = this.#state;
      const at = state.word + (PE.PC >>> 2);
      const lo = state.i32[at]!;
      state.i32[at] = lo + 4;
      if (lo >>> 0 >= 0xffff_fffc) state.i32[at + 1] = state.i32[at + 1]! + 1;
    }
    return true;
  }

  /** Whether the last instruction set the PC: a branch that was taken, or an exception return. */
  get jumped(): boolean {
    return this.#jumped;
  }

  /** The PC was set by the step itself (exception return, exception entry). */
  pcWasSet(): void {
    this.#jumped = true;
  }

  #put(lo: number, hi: number, wide: 0 | 1): Val {
    const slot = this.#next++;
    this.#lo[slot] = lo;
    this.#hi[slot] = hi;
    this.#wide[slot] = wide;
    return slot as Val;
  }

  #put32(value: number): Val {
    return this.#put(value, 0, 0);
  }

  #putOut(): Val {
    return this.#put(out.lo, out.hi, 1);
  }

  x(r: Reg, w: Width = 64): Val {
    if (r === ZR) return this.#put(0, 0, w === 64 ? 1 : 0);
    const { i32, word } = this.#state;
    const at = word + (r === SP ? SP_WORD : r << 1);
    return w === 64 ? this.#put(i32[at]!, i32[at + 1]!, 1) : this.#put(i32[at]!, 0, 0);
  }

  base(r: Reg): Val {
    const state = this.#state;
    if (r === SP && (state.lo(PE.SP) & 15) !== 0 && (state.get32(PE.MODE) & MODE.SP_CHECK) !== 0 && !this.#deaf) {
      this.#deaf = true;
      this.#host.exception.sync(SP_ALIGNMENT_SYNDROME);
    }
    return this.x(r, 64);
  }

  setX(r: Reg, v: Val): void {
    if (this.#deaf || r === ZR) return;
    const { i32, word } = this.#state;
    const at = word + (r === SP ? SP_WORD : r << 1);
    i32[at] = this.#lo[v]!;
    i32[at + 1] = this.#wide[v] === 1 ? this.#hi[v]! : 0;
  }

  imm(n: number, w: Width = 64): Val {
    return this.#put(n, 0, w === 64 ? 1 : 0);
  }

  wmask(N: number, imms: Imm, immr: Imm, w: Width): Val {
    const masks = decodeBitMasks(N, imms, immr);
    return this.#put(masks.wLo, masks.wHi, w === 64 ? 1 : 0);
  }

  tmask(N: number, imms: Imm, immr: Imm, w: Width): Val {
    const masks = decodeBitMasks(N, imms, immr);
    return this.#put(masks.tLo, masks.tHi, w === 64 ? 1 : 0);
  }

  let(v: Val): Val {
    return v;
  }

  add(a: Val, b: Val): Val {
    if (this.#wide[a] === 0) return this.#put32(this.#lo[a]! + this.#lo[b]!);
    add64(this.#lo[a]!, this.#hi[a]!, this.#lo[b]!, this.#hi[b]!);
    return this.#putOut();
  }

  sub(a: Val, b: Val): Val {
    if (this.#wide[a] === 0) return this.#put32(this.#lo[a]! - this.#lo[b]!);
    sub64(this.#lo[a]!, this.#hi[a]!, this.#lo[b]!, this.#hi[b]!);
    return this.#putOut();
  }

  mul(a: Val, b: Val): Val {
    if (this.#wide[a] === 0) return this.#put32(Math.imul(this.#lo[a]!, this.#lo[b]!));
    mul64(this.#lo[a]!, this.#hi[a]!, this.#lo[b]!, this.#hi[b]!);
    return this.#putOut();
  }

  umulh(a: Val, b: Val): Val {
    umulh64(this.#lo[a]!, this.#hi[a]!, this.#lo[b]!, this.#hi[b]!);
    return this.#putOut();
  }

  smulh(a: Val, b: Val): Val {
    smulh64(this.#lo[a]!, this.#hi[a]!, this.#lo[b]!, this.#hi[b]!);
    return this.#putOut();
  }

  udiv(a: Val, b: Val): Val {
    if (this.#wide[a] === 0) {
      const divisor = this.#lo[b]! >>> 0;
      return this.#put32(divisor === 0 ? 0 : (this.#lo[a]! >>> 0) / divisor);
    }
    udiv64(this.#lo[a]!, this.#hi[a]!, this.#lo[b]!, this.#hi[b]!);
    return this.#putOut();
  }

  sdiv(a: Val, b: Val): Val {
    if (this.#wide[a] === 0) {
      const divisor = this.#lo[b]!;
      return this.#put32(divisor === 0 ? 0 : this.#lo[a]! / divisor);
    }
    sdiv64(this.#lo[a]!, this.#hi[a]!, this.#lo[b]!, this.#hi[b]!);
    return this.#putOut();
  }

  and(a: Val, b: Val): Val {
    return this.#put(this.#lo[a]! & this.#lo[b]!, this.#hi[a]! & this.#hi[b]!, this.#wide[a] as 0 | 1);
  }

  or(a: Val, b: Val): Val {
    return this.#put(this.#lo[a]! | this.#lo[b]!, this.#hi[a]! | this.#hi[b]!, this.#wide[a] as 0 | 1);
  }

  xor(a: Val, b: Val): Val {
    return this.#put(this.#lo[a]! ^ this.#lo[b]!, this.#hi[a]! ^ this.#hi[b]!, this.#wide[a] as 0 | 1);
  }

  not(a: Val): Val {
    return this.#wide[a] === 0 ? this.#put32(~this.#lo[a]!) : this.#put(~this.#lo[a]!, ~this.#hi[a]!, 1);
  }

  shl(a: Val, n: Val): Val {
    if (this.#wide[a] === 0) return this.#put32(this.#lo[a]! << this.#lo[n]!);
    shl64(this.#lo[a]!, this.#hi[a]!, this.#lo[n]! & 63);
    return this.#putOut();
  }

  shr(a: Val, n: Val): Val {
    if (this.#wide[a] === 0) return this.#put32(this.#lo[a]! >>> this.#lo[n]!);
    shr64(this.#lo[a]!, this.#hi[a]!, this.#lo[n]! & 63);
    return this.#putOut();
  }

  sar(a: Val, n: Val): Val {
    if (this.#wide[a] === 0) return this.#put32(this.#lo[a]! >> this.#lo[n]!);
    sar64(this.#lo[a]!, this.#hi[a]!, this.#lo[n]! & 63);
    return this.#putOut();
  }

  ror(a: Val, n: Val): Val {
    const lo = this.#lo[a]!;
    if (this.#wide[a] === 0) {
      const count = this.#lo[n]! & 31;
      return this.#put32(count === 0 ? lo : (lo >>> count) | (lo << (32 - count)));
    }
    const hi = this.#hi[a]!;
    const count = this.#lo[n]! & 63;
    shr64(lo, hi, count);
    const rightLo = out.lo;
    const rightHi = out.hi;
    if (count === 0) return this.#put(lo, hi, 1);
    shl64(lo, hi, 64 - count);
    return this.#put(rightLo | out.lo, rightHi | out.hi, 1);
  }

  clz(a: Val): Val {
    if (this.#wide[a] === 0) return this.#put32(Math.clz32(this.#lo[a]!));
    const hi = this.#hi[a]!;
    return this.#put(hi === 0 ? 32 + Math.clz32(this.#lo[a]!) : Math.clz32(hi), 0, 1);
  }

  rbit(a: Val): Val {
    if (this.#wide[a] === 0) return this.#put32(reverse32(this.#lo[a]!));
    return this.#put(reverse32(this.#hi[a]!), reverse32(this.#lo[a]!), 1);
  }

  rev(a: Val, bytes: 2 | 4 | 8): Val {
    const lo = this.#lo[a]!;
    const hi = this.#hi[a]!;
    if (bytes === 2) return this.#put(swapHalves(lo), swapHalves(hi), this.#wide[a] as 0 | 1);
    if (bytes === 4) return this.#put(swap32(lo), swap32(hi), this.#wide[a] as 0 | 1);
    return this.#put(swap32(hi), swap32(lo), 1);
  }

  zext(a: Val, bits: number, to: Width): Val {
    const lo = this.#lo[a]!;
    const wide = to === 64 ? 1 : 0;
    if (bits < 32) return this.#put(lo & ((1 << bits) - 1), 0, wide);
    if (bits === 32) return this.#put(lo, 0, wide);
    const hi = this.#hi[a]!;
    return this.#put(lo, bits === 64 ? hi : hi & ((1 << (bits - 32)) - 1), wide);
  }

  sext(a: Val, bits: number, to: Width): Val {
    const wide = to === 64 ? 1 : 0;
    const lo = this.#lo[a]!;
    if (bits <= 32) {
      const value = (lo << (32 - bits)) >> (32 - bits);
      return this.#put(value, wide === 1 ? value >> 31 : 0, wide);
    }
    return this.#put(lo, (this.#hi[a]! << (64 - bits)) >> (64 - bits), wide);
  }

  crc32(acc: Val, value: Val, bytes: 1 | 2 | 4 | 8, castagnoli: boolean): Val {
    const polynomial = castagnoli ? CRC32C_REVERSED : CRC32_REVERSED;
    let crc = this.#lo[acc]!;
    for (let i = 0; i < bytes; i++) {
      const half = i < 4 ? this.#lo[value]! : this.#hi[value]!;
      crc ^= (half >>> ((i & 3) * 8)) & 0xff;
      for (let bit = 0; bit < 8; bit++) crc = (crc >>> 1) ^ (polynomial & -(crc & 1));
    }
    return this.#put32(crc);
  }

  eq(a: Val, b: Val): Val {
    const equal = this.#lo[a] === this.#lo[b] && (this.#wide[a] === 0 || this.#hi[a] === this.#hi[b]);
    return this.#put32(equal ? 1 : 0);
  }

  ltu(a: Val, b: Val): Val {
    const aLo = this.#lo[a]! >>> 0;
    const bLo = this.#lo[b]! >>> 0;
    if (this.#wide[a] === 0) return this.#put32(aLo < bLo ? 1 : 0);
    const aHi = this.#hi[a]! >>> 0;
    const bHi = this.#hi[b]! >>> 0;
    return this.#put32(aHi < bHi || (aHi === bHi && aLo < bLo) ? 1 : 0);
  }

  lts(a: Val, b: Val): Val {
    if (this.#wide[a] === 0) return this.#put32(this.#lo[a]! < this.#lo[b]! ? 1 : 0);
    const aHi = this.#hi[a]!;
    const bHi = this.#hi[b]!;
    return this.#put32(aHi < bHi || (aHi === bHi && this.#lo[a]! >>> 0 < this.#lo[b]! >>> 0) ? 1 : 0);
  }

  select(c: Val, a: Val, b: Val): Val {
    return this.#lo[c] !== 0 ? a : b;
  }

  #lazy(kind: number, a: Val, b: Val): void {
    if (this.#deaf) return;
    const { i32, word } = this.#state;
    const at = word + (PE.FLAGS_KIND >>> 2);
    i32[at] = kind;
    i32[at + 2] = this.#lo[a]!;
    i32[at + 3] = this.#hi[a]!;
    i32[at + 4] = this.#lo[b]!;
    i32[at + 5] = this.#hi[b]!;
  }

  flagsAdd(a: Val, b: Val): void {
    this.#lazy(this.#wide[a] === 1 ? FLAGS.ADD64 : FLAGS.ADD32, a, b);
  }

  flagsSub(a: Val, b: Val): void {
    this.#lazy(this.#wide[a] === 1 ? FLAGS.SUB64 : FLAGS.SUB32, a, b);
  }

  flagsLogic(r: Val): void {
    this.#lazy(this.#wide[r] === 1 ? FLAGS.LOGIC64 : FLAGS.LOGIC32, r, r);
  }

  adc(a: Val, b: Val, carry: Val, set: boolean): Val {
    const c = this.#lo[carry]! & 1;
    const aLo = this.#lo[a]!;
    const bLo = this.#lo[b]!;
    const low = (aLo >>> 0) + (bLo >>> 0) + c;
    if (this.#wide[a] === 0) {
      const result = low | 0;
      if (set && !this.#deaf) {
        const overflow = (~(aLo ^ bLo) & (aLo ^ result)) < 0 ? 1 : 0;
        this.#state.nzcv = (result < 0 ? 8 : 0) | (result === 0 ? 4 : 0) | (low > 0xffff_ffff ? 2 : 0) | overflow;
      }
      return this.#put32(result);
    }
    const aHi = this.#hi[a]!;
    const bHi = this.#hi[b]!;
    const high = (aHi >>> 0) + (bHi >>> 0) + (low > 0xffff_ffff ? 1 : 0);
    const hi = high | 0;
    if (set && !this.#deaf) {
      const overflow = (~(aHi ^ bHi) & (aHi ^ hi)) < 0 ? 1 : 0;
      this.#state.nzcv = (hi < 0 ? 8 : 0) | ((hi | low) === 0 ? 4 : 0) | (high > 0xffff_ffff ? 2 : 0) | overflow;
    }
    return this.#put(low | 0, hi, 1);
  }

  flagsLiteral(v: Val): void {
    if (!this.#deaf) this.#state.nzcv = this.#lo[v]! & 15;
  }

  flagsIf(cond: number, op: 'add' | 'sub', a: Val, b: Val, nzcv: Imm): void {
    if (!conditionHolds(cond, this.#state.nzcv)) this.#state.nzcv = nzcv;
    else if (op === 'add') this.flagsAdd(a, b);
    else this.flagsSub(a, b);
  }

  nzcv(): Val {
    return this.#put32(this.#state.nzcv);
  }

  carry(): Val {
    return this.#put32((this.#state.nzcv >> 1) & 1);
  }

  holds(cond: number): Val {
    return this.#put32(conditionHolds(cond, this.#state.nzcv) ? 1 : 0);
  }

  /** Host offset of a plain access from the bank, or 0. */
  #probe(va: Val, bytes: number, half: number, access: Access): number {
    const state = this.#state;
    const { i32 } = state;
    const lo = this.#lo[va]!;
    const bank = state.get32(access.unprivileged === true ? PE.BANK_UNPRIV : PE.BANK);
    const entry = (bank + half + ((lo >>> 8) & 0xfff0)) >>> 2;
    if (i32[entry + 1] !== this.#hi[va] || (lo ^ i32[entry]!) >>> 0 > 4096 - bytes) return 0;
    return (lo + i32[entry + 2]!) >>> 0;
  }

  #misaligned(va: Val, bytes: number, access: Access): boolean {
    return access.aligned === true && (this.#lo[va]! & (bytes - 1)) !== 0;
  }

  #loaded(lo: number, hi: number, access: Access): Val {
    const { size, signed } = access;
    if (signed !== undefined) return this.sext(this.#put(lo, hi, 1), size * 8, signed);
    return this.#put(lo, hi, size === 8 ? 1 : 0);
  }

  #readHost(host: number, access: Access): Val {
    const view = this.#view;
    switch (access.size) {
      case 1: return this.#loaded(view.getUint8(host), 0, access);
      case 2: return this.#loaded(view.getUint16(host, true), 0, access);
      case 4: return this.#loaded(view.getInt32(host, true), 0, access);
      default: return this.#loaded(view.getInt32(host, true), view.getInt32(host + 4, true), access);
    }
  }

  #writeHost(host: number, v: Val, size: number): void {
    const view = this.#view;
    const lo = this.#lo[v]!;
    switch (size) {
      case 1: view.setUint8(host, lo); break;
      case 2: view.setUint16(host, lo, true); break;
      case 4: view.setInt32(host, lo, true); break;
      default:
        view.setInt32(host, lo, true);
        view.setInt32(host + 4, this.#hi[v]!, true);
    }
  }

  load(va: Val, access: Access): Val {
    if (this.#deaf) return this.#put(0, 0, access.size === 8 ? 1 : 0);
    const host = this.#misaligned(va, access.size, access) ? 0 : this.#probe(va, access.size, BANK.READ, access);
    if (host !== 0) return this.#readHost(host, access);
    const { memory } = this.#host;
    if (!memory.load(this.#lo[va]!, this.#hi[va]!, 1, access)) this.#deaf = true;
    return this.#loaded(memory.data[0]!, memory.data[1]!, access);
  }

  load2(va: Val, access: Access): readonly [Val, Val] {
    const { size } = access;
    const host = this.#deaf || this.#misaligned(va, size * 2, access) ? 0 : this.#probe(va, size * 2, BANK.READ, access);
    if (host !== 0) return [this.#readHost(host, access), this.#readHost(host + size, access)];
    const { memory } = this.#host;
    if (this.#deaf || !memory.load(this.#lo[va]!, this.#hi[va]!, 2, access)) this.#deaf = true;
    return [this.#loaded(memory.data[0]!, memory.data[1]!, access), this.#loaded(memory.data[2]!, memory.data[3]!, access)];
  }

  store(va: Val, v: Val, access: Access): void {
    if (this.#deaf) return;
    const host = this.#misaligned(va, access.size, access) ? 0 : this.#probe(va, access.size, BANK.WRITE, access);
    if (host !== 0) {
      this.#writeHost(host, v, access.size);
      return;
    }
    const { memory } = this.#host;
    this.#stage(0, v);
    if (!memory.store(this.#lo[va]!, this.#hi[va]!, 1, access)) this.#deaf = true;
  }

  store2(va: Val, a: Val, b: Val, access: Access): void {
    if (this.#deaf) return;
    const { size } = access;
    const host = this.#misaligned(va, size * 2, access) ? 0 : this.#probe(va, size * 2, BANK.WRITE, access);
    if (host !== 0) {
      this.#writeHost(host, a, size);
      this.#writeHost(host + size, b, size);
      return;
    }
    this.#stage(0, a);
    this.#stage(1, b);
    if (!this.#host.memory.store(this.#lo[va]!, this.#hi[va]!, 2, access)) this.#deaf = true;
  }

  /** Puts a value where the slow path takes element `index` from. */
  #stage(index: number, v: Val): void {
    const { data } = this.#host.memory;
    data[2 * index] = this.#lo[v]!;
    data[2 * index + 1] = this.#hi[v]!;
  }

  storeIf(c: Val, va: Val, v: Val, access: Access): void {
    if (this.#lo[c] !== 0) this.store(va, v, access);
    else this.#check(va, access.size, access);
  }

  storeIf2(c: Val, va: Val, a: Val, b: Val, access: Access): void {
    if (this.#lo[c] !== 0) this.store2(va, a, b, access);
    else this.#check(va, access.size * 2, access);
  }

  #check(va: Val, bytes: number, access: Access): void {
    if (!this.#deaf && !this.#host.memory.checkStore(this.#lo[va]!, this.#hi[va]!, bytes, access)) this.#deaf = true;
  }

  /** ESR_ELx.WnR of an atomic is 0 where a read would have faulted (DDI 0487, "ISS encoding for an exception from a Data Abort"). */
  #checkAtomic(va: Val, bytes: number, access: Access): void {
    if (!this.#deaf && !this.#host.memory.checkAtomic(this.#lo[va]!, this.#hi[va]!, bytes, access)) this.#deaf = true;
  }

  rmw(va: Val, access: Access, update: (old: Val) => Val): Val {
    this.#checkAtomic(va, access.size, access);
    const old = this.load(va, access);
    this.store(va, update(old), access);
    return old;
  }

  rmw2(va: Val, access: Access, update: (low: Val, high: Val) => readonly [Val, Val]): readonly [Val, Val] {
    this.#checkAtomic(va, access.size * 2, access);
    const [low, high] = this.load2(va, access);
    const [newLow, newHigh] = update(low, high);
    this.store2(va, newLow, newHigh, access);
    return [low, high];
  }

  monitorSet(va: Val, bytes: number): void {
    if (this.#deaf) return;
    this.#state.set64(PE.MONITOR_ADDRESS, this.#lo[va]!, this.#hi[va]!);
    this.#state.set32(PE.MONITOR_SIZE, bytes);
  }

  monitorHolds(va: Val, bytes: number): Val {
    const state = this.#state;
    const holds = state.get32(PE.MONITOR_SIZE) === bytes && state.lo(PE.MONITOR_ADDRESS) === this.#lo[va] && state.hi(PE.MONITOR_ADDRESS) === this.#hi[va];
    return this.#put32(holds ? 1 : 0);
  }

  monitorClear(): void {
    if (!this.#deaf) this.#state.set32(PE.MONITOR_SIZE, 0);
  }

  pc(): Val {
    return this.#put(this.#state.lo(PE.PC), this.#state.hi(PE.PC), 1);
  }

  jump(to: Val): void {
    if (this.#deaf) return;
    this.#state.set64(PE.PC, this.#lo[to]!, this.#hi[to]!);
    this.#jumped = true;
  }

  branchIf(c: Val, words: Imm, bits: number): void {
    if (this.#lo[c] !== 0) this.branch(words, bits);
  }

  branch(words: Imm, bits: number): void {
    if (this.#deaf) return;
    const offset = branchOffset(words, bits);
    add64(this.#state.lo(PE.PC), this.#state.hi(PE.PC), offset, offset >> 31);
    this.#state.set64(PE.PC, out.lo, out.hi);
    this.#jumped = true;
  }

  // ---- Vectors -----------------------------------------------------------------------------------------------------

  v(r: VReg): Vec {
    const { i32, word } = this.#state;
    const at = word + (PE.V >>> 2) + 4 * r;
    return this.#vectors.put(i32[at]!, i32[at + 1]!, i32[at + 2]!, i32[at + 3]!) as Vec;
  }

  setV(r: VReg, v: Vec): void {
    if (this.#deaf) return;
    const { i32, word } = this.#state;
    const { words } = this.#vectors;
    const at = word + (PE.V >>> 2) + 4 * r;
    for (let i = 0; i < 4; i++) i32[at + i] = words[4 * v + i]!;
  }

  lane(v: Vec, size: Lane, index: number): Val {
    if (size !== 64) return this.#put32(this.#vectors.element(v, size, index));
    const { words } = this.#vectors;
    const at = 4 * v + 2 * index;
    return this.#put(words[at]!, words[at + 1]!, 1);
  }

  withLane(v: Vec, size: Lane, index: number, element: Val): Vec {
    const result = this.#vectors.copy(v);
    this.#vectors.setElement(result, size, index, this.#lo[element]!, this.#hi[element]!);
    return result as Vec;
  }

  splat(size: Lane, element: Val): Vec {
    return this.#vectors.splat(size, this.#lo[element]!, this.#hi[element]!) as Vec;
  }

  vec(lo: Val, hi: Val): Vec {
    return this.#vectors.put(this.#lo[lo]!, this.#hi[lo]!, this.#lo[hi]!, this.#hi[hi]!) as Vec;
  }

  vecOf(v: Val): Vec {
    return this.#vectors.put(this.#lo[v]!, this.#wide[v] === 1 ? this.#hi[v]! : 0, 0, 0) as Vec;
  }

  low64(v: Vec): Vec {
    const { words } = this.#vectors;
    return this.#vectors.put(words[4 * v]!, words[4 * v + 1]!, 0, 0) as Vec;
  }

  shuffle(a: Vec, b: Vec, indices: Readonly<Uint8Array>): Vec {
    return this.#vectors.shuffle(a, b, indices) as Vec;
  }

  vop(op: VecOp, size: Lane, a: Vec, b: Vec = a, c: Vec = a): Vec {
    return this.#vectors.operate(op, size, a, b, c) as Vec;
  }

  vshift(op: VecShift, size: Lane, a: Vec, n: Val): Vec {
    return this.#vectors.shift(op, size, a, this.#lo[n]!) as Vec;
  }

  vsat(op: SatOp, size: Lane, lanes: number, a: Vec, b: Vec = a, c: Vec = a): Vec {
    const result = this.#vectors.saturate(op, size, lanes, a, b, c) as Vec;
    if (saturation.happened && !this.#deaf) this.#state.set32(PE.FPSR, this.#state.get32(PE.FPSR) | FPSR.QC.wordMask);
    return result;
  }

  loadV(va: Val, count: 1 | 2 | 3 | 4, bytes: VecBytes, access: Access): readonly Vec[] {
    const vectors = this.#vectors;
    const loaded = this.#loadedVectors[count]!;
    for (let i = 0; i < count; i++) loaded[i] = vectors.fresh() as Vec;
    if (this.#deaf) return loaded;
    const total = count * bytes;
    const host = this.#misaligned(va, total, access) ? 0 : this.#probe(va, total, BANK.READ, access);
    if (host !== 0) {
      const { u8 } = this.#state;
      for (let i = 0; i < total; i++) vectors.bytes[16 * loaded[(i / bytes) | 0]! + (i % bytes)] = u8[host + i]!;
      return loaded;
    }
    const { memory } = this.#host;
    if (!memory.load(this.#lo[va]!, this.#hi[va]!, total / access.size, access)) {
      this.#deaf = true;
      return loaded;
    }
    const unit = Math.min(access.size, 8);
    for (let at = 0; at < total; at += unit) {
      const element = 2 * (at / unit);
      vectors.setElement(loaded[(at / bytes) | 0]!, (8 * unit) as Lane, (at % bytes) / unit, memory.data[element]!, memory.data[element + 1]!);
    }
    return loaded;
  }

  storeV(va: Val, sources: readonly Vec[], bytes: VecBytes, access: Access): void {
    if (this.#deaf) return;
    const vectors = this.#vectors;
    const total = sources.length * bytes;
    const host = this.#misaligned(va, total, access) ? 0 : this.#probe(va, total, BANK.WRITE, access);
    if (host !== 0) {
      const { u8 } = this.#state;
      for (let i = 0; i < total; i++) u8[host + i] = vectors.bytes[16 * sources[(i / bytes) | 0]! + (i % bytes)]!;
      return;
    }
    const { memory } = this.#host;
    const unit = Math.min(access.size, 8);
    for (let at = 0; at < total; at += unit) {
      const element = 2 * (at / unit);
      const source = sources[(at / bytes) | 0]!;
      if (unit === 8) {
        const word = 4 * source + ((at % bytes) >> 2);
        memory.data[element] = vectors.words[word]!;
        memory.data[element + 1] = vectors.words[word + 1]!;
      } else {
        memory.data[element] = vectors.element(source, (8 * unit) as 8 | 16 | 32, (at % bytes) / unit);
        memory.data[element + 1] = 0;
      }
    }
    if (!memory.store(this.#lo[va]!, this.#hi[va]!, total / access.size, access)) this.#deaf = true;
  }

  // ---- Floating point ----------------------------------------------------------------------------------------------

  fp(op: FpOp, width: FpWidth, a: Val, b: Val = a, c: Val = a): Val {
    this.#fp.operate(op, width, this.#lo[a]!, this.#hi[a]!, this.#lo[b]!, this.#hi[b]!, this.#lo[c]!, this.#hi[c]!);
    const { result } = this.#fp;
    return this.#put(result[0]!, result[1]!, fpResultWidth(op, width) === 64 ? 1 : 0);
  }

  vfp(op: FpOp, width: FpWidth, lanes: number, a: Vec, b: Vec = a, c: Vec = a): Vec {
    const vectors = this.#vectors;
    const slot = vectors.fresh();
    const to = fpResultWidth(op, width);
    for (let i = 0; i < lanes; i++) {
      const x = this.lane(a, width, i);
      const result = this.fp(op, width, x, this.lane(b, width, i), this.lane(c, width, i));
      vectors.setElement(slot, to, i, this.#lo[result]!, this.#hi[result]!);
    }
    return slot as Vec;
  }

  fpCompare(width: FpWidth, a: Val, b: Val, signalling: boolean, when?: Val): Val {
    if (when !== undefined && this.#lo[when] === 0) return this.#put32(0);
    return this.#put32(this.#fp.compare(width, this.#lo[a]!, this.#hi[a]!, this.#lo[b]!, this.#hi[b]!, signalling));
  }

  step(action: StepAction): void {
    if (!this.#deaf && !this.#host.stepper.step(action)) this.#deaf = true;
  }

  count(event: 'isb' | 'dsb' | 'dmb' | 'hint'): void {
    const at = EVENT[event];
    this.#host.events[at] = this.#host.events[at]! + 1;
  }
}

function newVectors(count: number): Vec[] {
  return new Array<Vec>(count).fill(0 as Vec);
}

const CRC32_REVERSED = reverse32(0x04c1_1db7);
const CRC32C_REVERSED = reverse32(0x1edc_6f41);

/** Swaps the bytes of each 16-bit half. */
function swapHalves(value: number): number {
  return ((value & 0x00ff_00ff) << 8) | ((value >>> 8) & 0x00ff_00ff);
}
